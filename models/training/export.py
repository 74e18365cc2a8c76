# SPDX-License-Identifier: Apache-2.0
"""Writes what ships: fp16 safetensors shards with `quant.*` tensors, popularity, metrics over 512 scenes."""

import json
import struct

import torch

from models.training.evaluate import evaluate

SHARD_BYTES = 15_000_000


def folded_heads(network):
    """Head tensors with each BatchNorm folded into the convolution before it."""
    out = {}
    for task, head in network.decoders.items():
        out[f"decoders.{task}.norm.weight"], out[f"decoders.{task}.norm.bias"] = head.norm.weight, head.norm.bias
        for i in range(head.count + 1):
            conv = getattr(head, f"conv_{i}")
            weight, bias = conv.weight, conv.bias
            if i < head.count:
                bn = getattr(head, f"bn_{i}")
                gain = bn.weight / torch.sqrt(bn.running_var + bn.eps)
                weight, bias = weight * gain[:, None, None, None], (bias - bn.running_mean) * gain + bn.bias
            out[f"decoders.{task}.conv_{i}.weight"], out[f"decoders.{task}.conv_{i}.bias"] = weight, bias
    return out


def row_scale(w):
    flat = w.float().reshape(w.shape[0], -1) if w.dim() == 4 else w.float()
    return flat.abs().amax(-1).clamp(min=1e-12) / 127


def quant_tensors(network, weights, std):
    """`quant.*`: weight scales from the fp16-rounded weights, static activation scales from the sites."""
    out = {}
    for name, w in weights.items():
        short = name[len("backbone."):-len(".weight")] if name.endswith(".weight") else ""
        if name.startswith("backbone.") and w.dim() >= 2 and short and "norm" not in short:
            w = w.float()
            if short == "patch_embed.proj":
                w = w / (255 * torch.tensor(std, device=w.device).view(1, 3, 1, 1))
            out[f"quant.{short}.scale"] = row_scale(w)
    for i, block in enumerate(network.backbone.blocks):
        for name in ("q", "k", "v", "out"):
            out[f"quant.blocks.{i}.attn.{name}_act"] = getattr(block.attn.sites, name).scale.reshape(1)
        site = block.mlp.sites.hidden
        out[f"quant.blocks.{i}.mlp.hidden_act"] = site.scale.reshape(1)
        out[f"quant.blocks.{i}.mlp.hidden_zero_point"] = site.zero.reshape(1)
    return out


def backbone_tensors(network):
    skip = (".sites.",)
    return {f"backbone.{name}": value for name, value in network.backbone.state_dict().items()
            if not any(s in name for s in skip)}


def write_safetensors(path, tensors):
    kinds = {torch.float16: "F16", torch.float32: "F32"}
    header, offset, blobs = {}, 0, []
    for name, value in tensors.items():
        blob = value.detach().cpu().contiguous().numpy().tobytes()
        header[name] = {"dtype": kinds[value.dtype], "shape": list(value.shape),
                        "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def shards(tensors):
    groups, size = [{}], 0
    for name, value in tensors.items():
        bytes_ = value.numel() * value.element_size()
        if size + bytes_ > SHARD_BYTES and groups[-1]:
            groups.append({})
            size = 0
        groups[-1][name] = value
        size += bytes_
    return groups


def export(trainer, folder, finished):
    folder.mkdir(parents=True, exist_ok=True)
    network = trainer.ema.eval()
    weights = {name: value.half() for name, value in {**backbone_tensors(network), **folded_heads(network)}.items()}
    metrics = {"finished": finished, "step": trainer.step, "seconds": trainer.spent}
    with torch.no_grad():
        for name, parameter in network.backbone.state_dict().items():
            if f"backbone.{name}" in weights:
                parameter.copy_(weights[f"backbone.{name}"].float())
    if trainer.quantised:
        data = trainer.validation_data(512)
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        metrics["float"], metrics["routing"] = evaluate(network, data)
        metrics["quantised"], metrics["routing_quantised"] = evaluate(network, data, quantised=True)
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "log.jsonl").write_text((trainer.args.out / "log.jsonl").read_text())
    if not trainer.args.dense:
        tensors = {**weights, **quant_tensors(network, weights, network.config.std)}
        groups = shards(tensors)
        for i, group in enumerate(groups):
            write_safetensors(folder / f"weights-{i + 1:05d}-of-{len(groups):05d}.safetensors", group)
