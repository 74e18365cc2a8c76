# SPDX-License-Identifier: Apache-2.0
"""Trains m3vit-tiny-scenes (or its dense control) from scratch on generated scenes; resumable.

  python3 -m models.training.train --out runs/moe --steps 9000 --qat-steps 900
  python3 -m models.training.train --out runs/dense --dense --steps 9000 --qat-steps 900
  python3 -m models.training.train --out runs/city --dataset cityscapes   (splits train and val instead of scenes)

A run that reaches --seconds saves its checkpoint and stops with exit code 0; the same command goes on from there.
Log: OUT/log.jsonl, one line per validation.
"""

import argparse
import contextlib
import json
import os
import pathlib
import time

import torch
import torch.nn.functional as F

from models.training import fake_quant as fq
from models.training import scenes
from models.training.dataset_scenes import DatasetScenes
from models.training.evaluate import evaluate
from models.training import network as modules
from models.training.network import Config, Network
from models.training.pool import Pool

BALANCE = 0.01


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", type=pathlib.Path, required=True)
    p.add_argument("--dense", action="store_true")
    p.add_argument("--dataset", type=pathlib.Path, help="data set with semseg and depth instead of generated scenes")
    p.add_argument("--steps", type=int, default=9000, help="float steps")
    p.add_argument("--qat-steps", type=int, default=900, help="steps with fake quantisation, after the float steps")
    p.add_argument("--batch", type=int, default=256)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--qat-lr", type=float, default=1e-4)
    p.add_argument("--weight-decay", type=float, default=0.05)
    p.add_argument("--warmup", type=int, default=500)
    p.add_argument("--ema", type=float, default=0.999)
    p.add_argument("--validate-every", type=int, default=500)
    p.add_argument("--validation-scenes", type=int, default=256)
    p.add_argument("--seconds", type=float, default=1e9, help="save and stop after this time")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--pool", type=int, default=100000, help="scenes rendered ahead; each start takes new ones")
    p.add_argument("--compile", action="store_true")
    p.add_argument("--export", type=pathlib.Path, help="write weights and metrics here at the end (and at a stop)")
    return p.parse_args()


def losses(network, out, labels, depth):
    """Cross entropy + L1 of valid depth + balance, m3vit-spec 3.3."""
    semseg = F.cross_entropy(out["semseg"].float(), labels.long(), ignore_index=255)
    mask = (depth > 0).float()
    l1 = ((out["depth"][:, 0].float() - depth).abs() * mask).sum() / mask.sum().clamp(min=1)
    balance = network.backbone.balance() if not network.config.dense else torch.zeros((), device=depth.device)
    return semseg + l1 + BALANCE * balance, {"ce": semseg, "l1": l1, "balance": balance}


def compile_modules():
    """Compiles the parts that repeat, not the whole network: seconds instead of minutes, also after the switch
    to fake quantisation."""
    for part in (modules.Attention, modules.Mlp, modules.Moe, modules.Head):
        part.forward = torch.compile(part.forward, dynamic=False)


def eager():
    """Context in which compiled modules run as they are: evaluation and fake quantisation take other paths through
    the modules, and compiling those costs more than it saves."""
    return torch.compiler.set_stance("force_eager") if hasattr(torch, "compiler") else contextlib.nullcontext()


class Trainer:
    def __init__(self, args, config=None):
        self.args, self.device = args, torch.device(args.device)
        config = config or Config(dense=args.dense)
        torch.manual_seed(args.seed)
        if self.device.type == "cpu":
            # Debian's PyTorch 1.13 returns wrong gradients through oneDNN for this network (they differ from call to
            # call); its own kernels repeat exactly. Newer versions were fine.
            torch.backends.mkldnn.enabled = False
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        self.network = Network(config).to(self.device)
        self.ema = Network(config).to(self.device)
        self.ema.load_state_dict(self.network.state_dict())
        self.step, self.spent, self.quantised = 0, 0.0, False
        self.optimiser = self.make_optimiser(args.lr)
        self.renderer = self.make_renderer("train")
        if args.compile:
            compile_modules()
        args.out.mkdir(parents=True, exist_ok=True)
        self.starts = 0
        self.resume()

    def make_renderer(self, split):
        if not self.args.dataset:
            return scenes.Renderer()
        config = self.network.config
        return DatasetScenes(self.args.dataset, split, (config.height, config.width))

    def validation_data(self, count):
        """The first `count` validation images, or as many as there are."""
        if self.args.dataset:
            renderer = self.make_renderer("val")
            seeds = torch.arange(min(count, len(renderer)))
        else:
            renderer, seeds = self.renderer, scenes.validation_seeds(count)
        parts = [renderer(s.to(self.device)) for s in seeds.split(64)]
        return tuple(torch.cat(column) for column in zip(*parts))

    def make_optimiser(self, lr):
        decay, plain = [], []
        for name, p in self.network.named_parameters():
            (decay if p.dim() > 1 and "pos_embed" not in name and "cls_token" not in name else plain).append(p)
        groups = [{"params": decay, "weight_decay": self.args.weight_decay}, {"params": plain, "weight_decay": 0.0}]
        extra = {"fused": True} if self.device.type == "cuda" else {}
        return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98), **extra)

    def learning_rate(self):
        a = self.args
        if self.quantised:
            progress = (self.step - a.steps) / max(a.qat_steps, 1)
            return a.qat_lr * 0.5 * (1 + torch.cos(torch.tensor(3.14159265 * progress)).item())
        if self.step < a.warmup:
            return a.lr * (self.step + 1) / a.warmup
        progress = (self.step - a.warmup) / max(a.steps - a.warmup, 1)
        return 1e-5 + (a.lr - 1e-5) * 0.5 * (1 + torch.cos(torch.tensor(3.14159265 * progress)).item())

    def forward_backward(self, image, labels, depth):
        with torch.autocast(self.device.type, torch.bfloat16):
            out = self.network(image)
        loss, parts = losses(self.network, out, labels, depth)
        return loss, {k: v.detach() for k, v in parts.items()}

    def one_step(self):
        lr = self.learning_rate()
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        image, labels, depth = self.pool.batch(self.args.batch)
        loss, parts = self.forward_backward(image, labels, depth)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.update_ema()
        self.step += 1
        return loss.detach(), parts, norm, lr

    @torch.no_grad()
    def update_ema(self):
        beta = min(self.args.ema, (1 + self.step) / (10 + self.step))
        ours, theirs = list(self.ema.parameters()), list(self.network.parameters())
        if hasattr(torch, "_foreach_lerp_"):
            torch._foreach_lerp_(ours, theirs, 1 - beta)
        else:
            for mine, new in zip(ours, theirs):
                mine.lerp_(new, 1 - beta)
        for a, b in zip(self.ema.buffers(), self.network.buffers()):
            a.copy_(b)

    def begin_quantised(self):
        """Starts the last phase from the averaged weights, with scales from their own activations."""
        self.network.load_state_dict(self.ema.state_dict())
        batches = [self.pool.batch(64)[0] for _ in range(4)]
        with eager():
            fq.calibrate(self.network, batches)
        self.ema.load_state_dict(self.network.state_dict())
        self.optimiser = self.make_optimiser(self.args.qat_lr)
        self.quantised = True

    def checkpoint_path(self):
        return self.args.out / "checkpoint.pt"

    def save(self):
        state = {"network": self.network.state_dict(), "ema": self.ema.state_dict(), "step": self.step,
                 "optimiser": self.optimiser.state_dict(), "spent": self.spent, "quantised": self.quantised,
                 "starts": self.starts}
        temporary = self.checkpoint_path().with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, self.checkpoint_path())

    def resume(self):
        if not self.checkpoint_path().exists():
            return
        state = torch.load(self.checkpoint_path(), map_location=self.device)
        self.network.load_state_dict(state["network"])
        self.ema.load_state_dict(state["ema"])
        self.step, self.spent, self.quantised = state["step"], state["spent"], state["quantised"]
        self.starts = state["starts"]
        self.optimiser = self.make_optimiser(self.args.lr)
        self.optimiser.load_state_dict(state["optimiser"])

    def log(self, **fields):
        line = json.dumps({"step": self.step, "seconds": round(self.spent, 1), **fields})
        print(line, flush=True)
        with open(self.args.out / "log.jsonl", "a") as f:
            f.write(line + "\n")

    def validation(self):
        if not hasattr(self, "data"):
            self.data = self.validation_data(self.args.validation_scenes)
        return self.data

    def run(self):
        a, began, last = self.args, time.time(), self.spent
        total = a.steps + a.qat_steps
        if self.step == 0:
            self.log(event="start", parameters=sum(p.numel() for p in self.network.parameters()),
                     torch=torch.__version__, settings={k: str(v) for k, v in vars(a).items()})
        count = min(a.pool, len(self.renderer)) if a.dataset else a.pool
        self.pool = Pool(self.renderer, count, 4 * a.batch, self.device, first=self.starts * a.pool,
                         seed=a.seed + self.starts)
        self.starts += 1
        print(f"pool of {count} scenes after {time.time() - began:.0f} s", flush=True)
        while self.step < total:
            if self.step >= a.steps and not self.quantised:
                self.log(event="float", **self.metrics())
                self.save()
                self.begin_quantised()
                self.log(event="calibrated", **self.metrics())
            fq.state.enabled = self.quantised
            self.network.train()
            with eager() if self.quantised else contextlib.nullcontext():
                loss, parts, norm, lr = self.one_step()
            if self.step % a.validate_every == 0 or self.step == total:
                self.spent = last + time.time() - began
                self.log(loss=round(loss.item(), 4), lr=lr, norm=round(norm.item(), 3),
                         **{k: round(v.item(), 4) for k, v in parts.items()}, **self.metrics())
            elif self.step % 50 == 0:
                print(f"step {self.step}/{total} loss {loss.item():.4f} {time.time() - began:.0f} s", flush=True)
            if time.time() - began > a.seconds:
                break
        self.spent = last + time.time() - began
        self.save()
        return self.step >= total

    def metrics(self):
        with eager():
            result, routing = evaluate(self.ema, self.validation(), quantised=self.quantised)
        out = {"miou": round(result["miou"], 4), "rmse": round(result["rmse"], 5), "iou": result["iou"],
               "quantised": self.quantised}
        if routing:
            out["active"] = {task: [round(sum(v), 1) for v in layers.values()]
                             for task, layers in routing["active"].items()}
        return out


def main():
    args = parse()
    trainer = Trainer(args)
    finished = trainer.run()
    if args.export:
        from models.training.export import export
        with eager():
            export(trainer, args.export, finished)


if __name__ == "__main__":
    main()
