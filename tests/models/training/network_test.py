# SPDX-License-Identifier: Apache-2.0
"""Network, scenes, fake quantisation and export of models/training. Exit code 77 (skipped) without PyTorch."""
import pathlib
import sys
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
try:
    import torch
except ImportError:
    print("SKIPPED: PyTorch is not installed (python3-torch)")
    sys.exit(77)

import numpy as np  # noqa: E402

from models.training import fake_quant as fq  # noqa: E402
from models.training import scenes, scenes_alt  # noqa: E402
from models.training.network import Config, Head, Moe, Network, balance_loss  # noqa: E402
from models.training.safetensors_reader import read_safetensors  # noqa: E402

torch.set_num_threads(1)
torch.backends.mkldnn.enabled = False
SMALL = dict(height=32, width=64, dim=32, heads=2, depth=4, mlp_hidden=64, experts=4, expert_hidden=32,
             head_channels=(8, 8))


class Scenes(unittest.TestCase):
    def test_same_seed_gives_same_scene_in_any_batch(self):
        seeds = scenes.validation_seeds(3)
        together, alone = scenes.render(seeds, batch=3), scenes.render(seeds[1:2], batch=1)
        for a, b in zip(together, alone):
            self.assertTrue(torch.equal(a[1], b[0]))

    def test_validation_seeds_never_meet_training_seeds(self):
        self.assertGreater(int(scenes.validation_seeds(1)[0]), 1 << 31)

    def test_only_the_sky_has_no_depth(self):
        _, labels, depth = scenes.render(scenes.validation_seeds(2), batch=2)
        self.assertTrue(torch.equal(labels == scenes.CLASSES.index("sky"), depth == 0))
        self.assertLessEqual(float(depth.max()), 1.0)

    def test_second_renderer_is_a_function_of_its_number(self):
        first, again, other = scenes_alt.render(0), scenes_alt.render(0), scenes_alt.render(1)
        self.assertTrue(all(np.array_equal(a, b) for a, b in zip(first, again)))
        self.assertFalse(np.array_equal(first[0], other[0]))
        self.assertTrue(np.array_equal(first[1] == scenes_alt.SKY, first[2] == 0))


class NetworkShape(unittest.TestCase):
    def test_backbone_has_the_parameters_of_m3vit_tiny(self):
        network = Network(Config())
        self.assertEqual(sum(p.numel() for p in network.backbone.parameters()), 17_983_680)

    def test_dense_control_has_equal_active_work(self):
        dense = Network(Config(dense=True))
        self.assertTrue(all(block.mlp.fc1.weight.shape == (768, 192) for block in dense.backbone.blocks))

    def test_head_costs_at_most_a_tenth_of_a_gmac(self):
        for channels in (7, 1):
            head, macs = Head(Config(), channels), 0
            for i in range(head.count + 1):
                weight = getattr(head, f"conv_{i}").weight
                pixels = 8 * 16 * 4 ** min(i, head.count - 1)
                macs += weight.numel() * pixels
            self.assertLessEqual(macs, 100_000_000)

    def test_masked_experts_equal_dispatched_experts(self):
        torch.manual_seed(3)
        moe = Moe(Config(**SMALL)).double()
        z = torch.randn(4, 9, 32, dtype=torch.float64)
        index, score = moe.choose(z, 2)
        masked, dispatched = moe.masked(z, index, score.double()), moe.dispatched(z, index, score.double())
        # Scores pass through float32 in the mask, hence the bound.
        self.assertLess(float((masked - dispatched).abs().max()), 1e-6)

    def test_balance_loss_of_known_counts(self):
        index = torch.tensor([[0, 1], [0, 1]])
        score = torch.full((2, 2), 0.5)
        # importance (1, 1, 0, 0): variance 1/3, mean 1/2; load (2, 2, 0, 0): variance 4/3, mean 1. Both give 4/3.
        self.assertAlmostEqual(float(balance_loss(score, index, 4)), 8 / 3, places=5)


class FakeQuantisation(unittest.TestCase):
    def test_weights_are_rounded_once_per_output_channel(self):
        torch.manual_seed(4)
        w = torch.randn(5, 7)
        q = fq.weight(w)
        self.assertTrue(torch.allclose(fq.weight(q), q, atol=1e-6))
        steps = q / (w.abs().amax(1, keepdim=True) / 127)
        self.assertLess(float((steps - steps.round()).abs().max()), 1e-3)

    def test_dropping_the_key_bias_and_folding_the_value_bias_is_exact(self):
        torch.manual_seed(5)
        network = Network(Config(**SMALL)).double().eval()
        attention = network.backbone.blocks[0].attn
        with torch.no_grad():
            attention.qkv.bias.normal_()
        z = torch.randn(2, 9, 32, dtype=torch.float64)
        plain = attention(z)
        keep = fq.weight, fq.per_token, fq.straight
        try:
            fq.weight, fq.per_token, fq.straight = (lambda w: w), (lambda t: t), (lambda x, _: x)
            fq.state.observing = True
            self.assertLess(float((fq.attention(attention, z) - plain).abs().max()), 1e-12 + 1e-6)
        finally:
            fq.weight, fq.per_token, fq.straight = keep
            fq.state.observing = False

    def test_calibrated_network_stays_near_the_float_one(self):
        torch.manual_seed(6)
        network = Network(Config(**SMALL)).eval()
        pixels = torch.randint(0, 256, (2, 3, 32, 64), dtype=torch.uint8)
        with torch.no_grad():
            plain = network.backbone(pixels)
            fq.calibrate(network, [pixels])
            fq.state.enabled = True
            rounded = network.backbone(pixels)
            fq.state.enabled = False
        noise = sum(float(((a - b) ** 2).sum()) for a, b in zip(plain, rounded))
        power = sum(float((a ** 2).sum()) for a in plain)
        self.assertGreater(noise, 0.0)
        self.assertLess(noise, power * 10 ** -2.5)


class TrainingAndExport(unittest.TestCase):
    def arguments(self, folder, **changes):
        values = dict(out=pathlib.Path(folder), dense=False, steps=2, qat_steps=1, batch=2, lr=1e-3, qat_lr=1e-4,
                      weight_decay=0.05,
                      warmup=1, ema=0.99, validate_every=1, validation_scenes=2, seconds=1e9, seed=1,
                      device="cpu", pool=5, compile=False,
                      export=None)
        return types.SimpleNamespace(**{"dataset": None, **values, **changes})

    def test_stopped_training_resumes_and_exports_what_reads_back(self):
        from models.training.export import backbone_tensors, quant_tensors, write_safetensors
        from models.training.train import Trainer
        with tempfile.TemporaryDirectory() as folder:
            config = Config(dim=32, heads=2, depth=2, mlp_hidden=64, experts=4, expert_hidden=32,
                            head_channels=(8, 8, 8, 8))
            first = Trainer(self.arguments(folder, seconds=0.0), config)
            self.assertFalse(first.run())
            self.assertEqual(first.step, 1)
            second = Trainer(self.arguments(folder), config)
            self.assertEqual(second.step, 1)
            self.assertTrue(second.run())
            self.assertTrue(second.quantised)
            network = second.ema
            tensors = {name: value.half() for name, value in backbone_tensors(network).items()}
            quant = quant_tensors(network, tensors, network.config.std)
            path = pathlib.Path(folder) / "weights.safetensors"
            write_safetensors(path, {**tensors, **quant})
            back = read_safetensors(path)
            self.assertEqual(set(back), set(tensors) | set(quant))
            for name, value in {**tensors, **quant}.items():
                self.assertTrue(np.array_equal(np.asarray(back[name], np.float32), value.float().numpy()), name)
            self.assertEqual(back["quant.blocks.1.mlp.experts.htoh4.scale"].shape, (4, 32))


    def test_training_goes_on_a_data_set_instead_of_scenes(self):
        from models.training.train import Trainer
        random = np.random.default_rng(1)
        with tempfile.TemporaryDirectory() as folder:
            for split, count in (("train", 4), ("val", 3)):
                for part in ("image", "label_7", "depth"):
                    pathlib.Path(folder, "city", split, part).mkdir(parents=True)
                for i in range(count):
                    base = pathlib.Path(folder, "city", split)
                    np.save(base / "image" / f"{i}.npy", random.random((32, 64, 3)))
                    np.save(base / "label_7" / f"{i}.npy", random.integers(-1, 7, (32, 64)))
                    np.save(base / "depth" / f"{i}.npy", random.random((32, 64, 1)))
            arguments = self.arguments(folder, dataset=pathlib.Path(folder, "city"))
            trainer = Trainer(arguments, Config(**{**SMALL, "head_channels": (8, 8, 8, 8)}))
            self.assertTrue(trainer.run())
            self.assertEqual(len(trainer.validation_data(64)[0]), 3)
            self.assertEqual(trainer.pool.count, 4)
            self.assertTrue((trainer.validation_data(1)[1] == 255).any())

if __name__ == "__main__":
    unittest.main(verbosity=1)
