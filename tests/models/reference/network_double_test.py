#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The network that is trained, in double, against the float64 computation that judges the reference.

  network_double_test.py path/to/repository

Both get the shipped weights and two shipped scenes: the same experts are chosen, and tokens and heads agree to an NMSE
of 1e-9 (the trained network keeps its gate logits in float32). Exit code 77 (skipped) without torch.
"""
import pathlib
import sys

SKIPPED = 77
BOUND = 1e-9


def load(network, weights):
    """Shipped weights into the training network; their heads have the batch norms folded in."""
    import torch
    state = {name: torch.from_numpy(value.astype("float64")) for name, value in weights.items()
             if not name.startswith("quant.")}
    missing, unexpected = network.load_state_dict(state, strict=False)
    absent = [name for name in missing if ".bn_" not in name and ".sites." not in name]
    if absent or unexpected:
        raise AssertionError(f"not shipped: {absent}; not in the network: {unexpected}")
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eps = 0.0  # fresh statistics, mean 0 and variance 1: with this the identity
    return network.double().eval()


def trained_network(model, weights):
    from models.training.network import Config, Network
    image, moe = model["image"], model["moe"]
    channels = {"depth": 1}
    tasks = tuple((t["name"], len(t["classes"]) if "classes" in t else channels[t["kind"]])
                  for t in model["tasks"])
    config = Config(height=image["height"], width=image["width"], patch=model["patch"],
                    dim=model["embed_dim"], heads=model["heads"], depth=len(model["blocks"]),
                    mlp_hidden=model["mlp"]["hidden"], experts=moe["experts"], top_k=moe["top_k"],
                    expert_hidden=moe["hidden"], tasks=tasks, mean=tuple(image["mean"]),
                    std=tuple(image["std"]), head_channels=tuple(model["tasks"][0]["head"]["channels"]))
    return load(Network(config), weights)


def nmse(ours, theirs):
    return float(((ours - theirs) ** 2).sum() / (theirs ** 2).sum())


def check(network, judge, pixels):
    """-> list of problems; prints the largest error."""
    import torch
    with torch.no_grad():
        tensor = torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy())
        tokens, heads = network.backbone(tensor), network(tensor)
    problems, worst = [], 0.0
    for number, task in enumerate(judge.model["tasks"]):
        taps = {}
        judge.run(pixels, number, taps.__setitem__)
        last, head = f"l{len(judge.model['blocks']) - 1:02d}.x", f"head.{task['name']}"
        pairs = ((last, tokens[number]), (head, heads[task["name"]]))
        for name, value in pairs:
            error = nmse(value[0].numpy(), taps[name])
            worst = max(worst, error)
            if not error <= BOUND:
                problems.append(f"{task['name']} {name}: NMSE {error:.3g}")
        for block, kind in enumerate(judge.model["blocks"]):
            if kind == "moe":
                chosen = network.backbone.blocks[block].mlp.routing[number][0].numpy()
                if (chosen != taps[f"l{block:02d}.moe.index"]).any():
                    problems.append(f"{task['name']} block {block}: other experts")
    print(f"worst NMSE {worst:.3g}")
    return problems


def main():
    root = pathlib.Path(sys.argv[1])
    try:
        import torch
    except ImportError:
        print("skipped: no torch")
        return SKIPPED
    sys.path.insert(0, str(root))
    from models.training.float64_network import Float64Network
    from models.training.picture import read_rgb
    from models.training.reference_float64 import read_model
    torch.manual_seed(1)
    folder = root / "models/zoo/m3vit-tiny-scenes"
    model, weights = read_model(folder)
    network, judge = trained_network(model, weights), Float64Network(model, weights)
    images = sorted(p for p in (folder / "samples").glob("*.png") if "." not in p.stem)[:2]
    problems = [f"{path.name}: {problem}" for path in images
                for problem in check(network, judge, read_rgb(path))]
    print("\n".join(problems), file=sys.stderr)
    return 0 if images and not problems else 1


if __name__ == "__main__":
    sys.exit(main())
