# SPDX-License-Identifier: Apache-2.0
"""What each figure of the READMEs is measured by. Used by bench/reproduce."""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("EDGEMOE_BUILD_DIR", ROOT / "build" / "release"))
MODEL = ROOT / "models" / "zoo" / "m3vit-tiny-scenes"
BOARD = "zcu102-measured"

# kind `exact`: the same on every machine; `machine`: seconds, memory and ratios of them.
Figure = namedtuple("Figure", "name text kind")
# `prefixes`: first parts of the names that the group gives.
Group = namedtuple("Group", "name prefixes summary slow measure")


def exact(name, value, form="{}"):
    return Figure(name, form.format(value), "exact")


def machine(name, value, form="{:.2f}"):
    return Figure(name, form.format(value), "machine")


def program(*names):
    """Builds programs of bench/ and returns their paths."""
    subprocess.run([ROOT / "edgemoe", "list"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "-S", ROOT, "-B", BUILD, "-DEDGEMOE_BENCH=ON",
                    "-DBUILD_TESTING=ON"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", BUILD, "--target", *names], check=True, stdout=subprocess.DEVNULL)
    return [BUILD / "bench" / name for name in names]


def output(*command, fine=(0,)):
    """Standard output of a command whose exit code is one of `fine`."""
    words = [str(c) for c in command]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    if done.returncode not in fine:
        raise SystemExit(f"{' '.join(words)}: exit code {done.returncode}")
    return done.stdout


def pairs(text):
    """NAME VALUE lines -> exact figures."""
    return [exact(*line.split()) for line in text.splitlines() if len(line.split()) == 2]


def report(verb, *options):
    """Runs a verb of ./edgemoe and returns its report.json. `compare` exits 1 on a tap out of bounds."""
    with tempfile.TemporaryDirectory() as folder:
        output(ROOT / "edgemoe", verb, "--out", folder, *options, fine=(0, 1) if verb == "compare" else (0,))
        return json.loads((pathlib.Path(folder) / "report.json").read_text())


def scenes(prefix):
    found = sorted(p for p in (MODEL / "samples").glob(f"**/{prefix}-*.png") if p.name.count(".") == 1)
    return [word for path in found for word in ("--image", path)]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def time_of(name, run):
    """Latency and what explains it, of one entry of a report."""
    roof = run["roofline"]
    return [exact(f"{name}.ms", run["latency_ms"], "{:.3f}"), exact(f"{name}.cycles", run["cycles"]),
            exact(f"{name}.fps", run["fps"], "{:.0f}"), exact(f"{name}.mj", run["energy_mj"], "{:.1f}"),
            exact(f"{name}.mj.low", run["energy_band_mj"][0], "{:.1f}"),
            exact(f"{name}.mj.high", run["energy_band_mj"][1], "{:.1f}"),
            exact(f"{name}.w", run["power_w"], "{:.1f}"),
            exact(f"{name}.utilisation", 100 * run["utilisation"], "{:.1f}"),
            exact(f"{name}.compute_ms", roof["compute_ms"], "{:.3f}"),
            exact(f"{name}.memory_ms", roof["memory_ms"], "{:.3f}"), exact(f"{name}.ratio", roof["ratio"], "{:.3f}"),
            exact(f"{name}.read_mb", run["dram"]["read_bytes"] / 1e6, "{:.2f}"),
            exact(f"{name}.wasted_mb", run["dram"]["wasted_prefetch_bytes"] / 1e6, "{:.2f}")]


def measure_run():
    """The main job on the first bundled scene; each task alone and both together, on the measured board."""
    image = ["--board", BOARD, *scenes("val")[:2]]
    both = report("run", *image)
    figures = time_of("run.both", both["runs"][0])
    figures += time_of("run.max", report("run", "--design", "m3-zcu102-max", "--no-golden", *image)["runs"][0])
    for task in ("semseg", "depth"):
        one = report("run", "--task", task, *image)["runs"][0]
        figures += time_of(f"run.{task}", one)
        golden = both["runs"][0]["golden"][task]
        figures += [exact(f"run.{task}.sqnr", golden["sqnr_db"], "{:.2f}"),
                    exact(f"run.{task}.routing", 100 * golden["routing_agreement"], "{:.2f}"),
                    exact(f"run.{task}.forced_sqnr", golden["forced"]["sqnr_db"], "{:.2f}")]
    figures += [exact("run.dsp", both["resources"]["dsp"]), exact("run.bram36", both["resources"]["bram36"]),
                exact("run.macs_g", both["runs"][0]["macs"] / 1e9, "{:.3f}")]
    host = both["host"]
    phases = [machine(f"host.{phase}_s", host["phases_s"][phase]) for phase in ("cycle", "kernels", "reference")]
    return figures + phases + [
        machine("host.peak_mb", host["peak_rss_mb"], "{:.0f}")]


def accuracy(name, result):
    """Means over scenes and tasks at l11.x, and the metrics of the set."""
    golden = [task for run in result["runs"] for task in run["golden"].values()]
    out = [exact(f"{name}.scenes", len(result["runs"])),
           exact(f"{name}.sqnr", mean(g["sqnr_db"] for g in golden), "{:.2f}"),
           exact(f"{name}.forced_sqnr", mean(g["forced"]["sqnr_db"] for g in golden), "{:.2f}"),
           exact(f"{name}.routing", 100 * mean(g["routing_agreement"] for g in golden), "{:.2f}"),
           exact(f"{name}.taps_out", sum(t["ok"] is False for g in golden for t in g["forced"]["taps"]))]
    metrics = result["metrics"]
    return out + [exact(f"{name}.miou", 100 * metrics["semseg"]["miou"], "{:.2f}"),
                  exact(f"{name}.reference_miou", 100 * metrics["semseg"]["reference_miou"], "{:.2f}"),
                  exact(f"{name}.rmse", metrics["depth"]["rmse"], "{:.4f}"),
                  exact(f"{name}.reference_rmse", metrics["depth"]["reference_rmse"], "{:.4f}")]


def measure_samples():
    return accuracy("samples", report("compare", *scenes("val"))) + accuracy("alt", report("compare", *scenes("alt")))


SIDE = ("m3-zcu102", "m3-zcu102-max", "edge-moe", "ubimoe", "coqmoe")


def measure_side():
    """Designs of ours and of others on the first bundled scene: the table that compare prints."""
    with tempfile.TemporaryDirectory() as folder:
        output(ROOT / "edgemoe", "compare", "--design", ",".join(SIDE), "--board", BOARD, "--out", folder,
               *scenes("val")[:2], fine=(0, 1))
        rows = list(csv.DictReader((pathlib.Path(folder) / "compare.csv").open()))
    out = []
    for row in rows[:len(SIDE)]:
        name = f"side.{row['name']}"
        for key, form in (("frame_ms", "{:.2f}"), ("task_ms", "{:.2f}"), ("task_mj", "{:.0f}"),
                          ("task_mj_low", "{:.0f}"), ("task_mj_high", "{:.0f}"), ("power_w", "{:.1f}"),
                          ("read_mb", "{:.1f}"), ("dsp", "{:.0f}"), ("forced_sqnr_db", "{:.1f}")):
            if row[key]:
                out.append(exact(f"{name}.{key}", float(row[key]), form))
    return out


def measure_costs():
    """What each approximation costs on its own, over the 16 bundled scenes."""
    out = []
    for precision in ("w8a8", "w16a16", "w16a32"):
        design = "m3-zcu102" if precision == "w8a8" else f"m3-zcu102-{precision}"
        for cost in report("compare", "--costs", "--design", design, *scenes("val"))["costs"]:
            name = f"costs.{precision}.{cost['name']}"
            db = cost["sqnr_db"]
            out.append(exact(f"{name}.db", "exact" if db is None else f"{db:.1f}"))
            out.append(exact(f"{name}.share", 100 * cost["share_of_noise"], "{:.1f}"))
            out.append(exact(f"{name}.miou", 100 * cost["metrics"]["semseg"]["miou"], "{:+.2f}"))
            out.append(exact(f"{name}.rmse", 1000 * cost["metrics"]["depth"]["rmse"], "{:+.2f}"))
    return out


def measure_precisions():
    """Accuracy and speed of every precision: the trained model over the 16 bundled scenes, the smallest on one."""
    out = []
    for model, options in (("m3vit-tiny-scenes", scenes("val")), ("test-tiny-synthetic", [])):
        for precision in ("w8a8", "w16a16", "w16a32"):
            design = "m3-zcu102" if precision == "w8a8" else f"m3-zcu102-{precision}"
            result = report("compare", "--engine", "cycle", "--model", model, "--design", design, "--board", BOARD,
                            *options)
            name = f"precision.{model}.{precision}"
            runs, golden = result["runs"], [task for run in result["runs"] for task in run["golden"].values()]
            for key, value, form in (
                    ("sqnr", mean(g["sqnr_db"] for g in golden), "{:.1f}"),
                    ("forced_sqnr", mean(g["forced"]["sqnr_db"] for g in golden), "{:.1f}"),
                    ("routing", 100 * mean(g["routing_agreement"] for g in golden), "{:.2f}"),
                    ("cycles", mean(run["cycles"] for run in runs), "{:.0f}"),
                    ("ms", mean(run["latency_ms"] for run in runs), "{:.3f}"),
                    ("mj", mean(run["energy_mj"] for run in runs), "{:.1f}")):
                out.append(exact(f"{name}.{key}", value, form))
            out.append(exact(f"{name}.taps_out", sum(t["ok"] is False for g in golden for t in g["forced"]["taps"])))
            # as the gates choose, and with the reference's routing
            out.append(machine(f"{name}.kernels_s", result["host"]["phases_s"]["kernels"] / (2 * len(runs))))
            for task, key, scale, form in (("semseg", "miou", 100, "{:.2f}"), ("depth", "rmse", 1, "{:.4f}")):
                if task in result["metrics"]:
                    out.append(exact(f"{name}.{key}", scale * result["metrics"][task][key], form))
    samples = MODEL / "samples"
    calibrated = report("compare", "--engine", "kernels", "--calibrate", samples, *scenes("val"))
    return out + accuracy("precision.calibrated", calibrated)


ZOO = tuple(f"{size}-{data}-{experts}" for size in ("tiny", "small", "base")
            for data in ("cityscapes", "nyud", "pascal") for experts in ("r2k2", "r1k4"))
# In both wider formats, on the ZCU102.
ZOO_WIDE = ("small-cityscapes-r2k2", "small-nyud-r2k2", "base-cityscapes-r2k2")


def zoo_design(name, board, precision="w8a8"):
    """The smallest design that holds a configuration: tiny's own where its tokens fit, else one with tiles."""
    size, data, _ = name.split("-")
    kind = "-base" if size == "base" else "-small" if size == "small" or data != "cityscapes" else ""
    return f"m3-{board}{kind}" + ("" if precision == "w8a8" else f"-{precision}")


def zoo_is_large(name):
    """Run only: a comparison keeps the float taps of all tasks, and several copies of the weights."""
    return name.startswith("base") and "cityscapes" not in name


def zoo_lines():
    """(prefix of its figures, verb, model, design) of every measurement; large base models without reference."""
    for name in ZOO:
        verb = "run" if zoo_is_large(name) else "compare"
        yield f"zoo.{name}", verb, name, zoo_design(name, "zcu102")
        yield f"zoo.{name}.zcu104", "run", name, zoo_design(name, "zcu104")
    for name in ZOO_WIDE:
        for precision in ("w16a16", "w16a32"):
            yield f"zoo.{name}.{precision}", "compare", name, zoo_design(name, "zcu102", precision)


def zoo_report(verb, model, design):
    path = ROOT / "models" / "zoo" / "published" / f"m3vit-{model}.yaml"
    return report(verb, "--engine", "cycle", "--model", path, "--design", design,
                  *(["--no-golden"] if verb == "run" else []))


def zoo_figures(prefix, verb, result):
    """All tasks of one frame: time and traffic, and where it was compared, accuracy at the last block."""
    (run,) = result["runs"]
    dram, golden = run["dram"], list(run["golden"].values()) if verb == "compare" else []
    spilled = dram["spill_read_bytes"] + dram["spill_write_bytes"]
    out = [exact(f"{prefix}.tasks", len(run["tasks"])), exact(f"{prefix}.cycles", run["cycles"]),
           exact(f"{prefix}.ms", run["latency_ms"], "{:.2f}"),
           exact(f"{prefix}.ratio", run["roofline"]["ratio"], "{:.2f}"),
           exact(f"{prefix}.dram_mb", (dram["read_bytes"] + dram["write_bytes"]) / 1e6, "{:.0f}"),
           exact(f"{prefix}.spill_mb", spilled / 1e6, "{:.0f}"),
           # compared: as the gates choose, and with the reference's routing
           machine(f"{prefix}.kernels_cpu_s", result["host"]["phases_cpu_s"]["kernels"] / (2 if golden else 1),
                   "{:.1f}"),
           machine(f"{prefix}.peak_mb", result["host"]["peak_rss_mb"], "{:.0f}")]
    if golden:
        out += [exact(f"{prefix}.sqnr", mean(g["sqnr_db"] for g in golden), "{:.1f}"),
                exact(f"{prefix}.forced_sqnr", mean(g["forced"]["sqnr_db"] for g in golden), "{:.1f}"),
                exact(f"{prefix}.routing", 100 * mean(g["routing_agreement"] for g in golden), "{:.2f}"),
                exact(f"{prefix}.taps_out", sum(t["ok"] is False for g in golden for t in g["forced"]["taps"]))]
    return out


def measure_zoo():
    """Every published configuration with its synthetic weights: all tasks of one generated frame, both boards."""
    return [figure for prefix, verb, model, design in zoo_lines()
            for figure in zoo_figures(prefix, verb, zoo_report(verb, model, design))]


def measure_kernels():
    """The kernels alone, w8a8, one thread: the published small model on 480 x 640 pixels."""
    (speed,) = program("kernels_speed")
    first, second = output(speed, 1, 1, 1, "nyud-small").splitlines()[:2]
    macs, seconds = int(first.split("seed 1: ")[1].split()[0]), float(first.split("macs, ")[1].split()[0])
    words = second.split()
    return [exact("kernels.nyud_small.gmac", macs / 1e9, "{:.1f}"),
            machine("kernels.nyud_small.wall_s", seconds, "{:.1f}"),
            machine("kernels.nyud_small.cpu_s", float(words[1]) / int(words[4]), "{:.1f}"),
            machine("kernels.nyud_small.mb", float(words[6]), "{:.0f}")]


def measure_scenes512():
    with tempfile.TemporaryDirectory() as folder:
        python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
        output(python, "-m", "models.training.make_scenes", "--count", 512, "--out", folder)
        return accuracy("scenes512", report("compare", "--image", folder))


def measure_training():
    """What the logs of the shipped run say; training again needs a GPU (models/training/README.md)."""
    out = []
    for name in ("moe", "dense"):
        metrics = json.loads((ROOT / "models" / "training" / "logs" / f"{name}-metrics.json").read_text())
        for kind in ("float", "quantised"):
            out += [exact(f"train.{name}.{kind}.miou", 100 * metrics[kind]["miou"], "{:.2f}"),
                    exact(f"train.{name}.{kind}.rmse", metrics[kind]["rmse"], "{:.4f}")]
        lines = (ROOT / "models" / "training" / "logs" / f"{name}.jsonl").read_text().splitlines()
        curve = {}
        for line in map(json.loads, lines):
            if "miou" in line:
                curve[line["step"]] = line["miou"]
        last = max(curve)
        before = min(curve, key=lambda step: abs(step - 0.8 * last))
        out += [exact(f"train.{name}.steps", last),
                exact(f"train.{name}.last_fifth_gain", 100 * (curve[last] - curve[before]), "{:.2f}")]
    return out


def measure_cycle():
    (latency,) = program("cycle_latency")
    boards = [ROOT / "constraints" / "boards" / f"{board}.yaml" for board in ("zcu102", BOARD)]
    return pairs(output(latency, "figures", ROOT / "constraints" / "designs" / "m3-zcu102.yaml", *boards))


def guesses(name, result):
    """Loads of experts before the gate has spoken, over all entries of a report."""
    runs = result["runs"]
    read = sum(c["bytes"] for run in runs for c in run["commands"] if c["name"].startswith("prefetch"))
    wasted = sum(run["dram"]["wasted_prefetch_bytes"] for run in runs)
    latencies = [run["latency_ms"] for run in runs]
    return [exact(f"{name}.ms", mean(latencies), "{:.4f}"), exact(f"{name}.ms.max", max(latencies), "{:.4f}"),
            exact(f"{name}.read_mb", read / 1e6 / len(runs), "{:.3f}"),
            exact(f"{name}.wasted_mb", wasted / 1e6 / len(runs), "{:.3f}"),
            exact(f"{name}.wrong", 100 * wasted / read if read else 0, "{:.2f}")]


def measure_prefetch():
    """Every bundled validation scene, each task alone, on the trained model's own routing."""
    figures = []
    for policy in ("none", "popular", "oracle"):
        result = report("run", "--no-golden", "--separate", "--board", BOARD, "--set",
                        f"design.loader.prefetch={policy}", *scenes("val"))
        figures += guesses(f"prefetch.{policy}", result)
        active = [e["active"] for run in result["runs"] for e in run["experts"]]
    return figures + [exact("prefetch.active", mean(active), "{:.2f}")]


def measure_rtl():
    """The RTL beside kernels and cycle engine on the trained model: cycles, differences, speed."""
    figures = []
    image = ["--engine", "rtl", "--no-golden", "--board", BOARD, *scenes("val")[:2]]
    for name, options in (("semseg", ["--task", "semseg"]), ("depth", ["--task", "depth"]), ("both", []),
                          ("max", ["--design", "m3-zcu102-max"])):
        result = report("run", *options, *image)
        run = result["runs"][0]
        failed = sum(not c["ok"] for c in result["checks"] if c["name"].startswith("rtl_"))
        figures += [exact(f"rtl.{name}.cycles", run["cycles"]), exact(f"rtl.{name}.ms", run["latency_ms"], "{:.3f}"),
                    exact(f"rtl.{name}.unequal", failed)]
        if name == "semseg":
            phases = result["host"]["phases_s"]
            figures += [machine("rtl.seconds", phases["rtl"], "{:.1f}"),
                        machine("rtl.ratio", phases["rtl"] / phases["cycle"], "{:.0f}")]
    return figures


def measure_sweep():
    (sweep,) = program("cycle_sweep")
    constraints = ROOT / "constraints"
    return pairs(output(sweep, "figures", constraints / "designs" / "m3-zcu102.yaml",
                        constraints / "boards" / f"{BOARD}.yaml"))


def measure_ablation():
    (ablation,) = program("cycle_ablation")
    constraints = ROOT / "constraints"
    return pairs(output(ablation, "figures", constraints / "designs" / "m3-zcu102.yaml",
                        constraints / "boards" / f"{BOARD}.yaml"))


def measure_published():
    edge_moe, sensitivities = program("published_edge_moe", "published_sensitivities")
    lines = output(edge_moe, ROOT).splitlines()
    lines += output(sensitivities, ROOT, ROOT / "bench" / "pictures").splitlines()  # and the plots again
    lines = [line.split() for line in lines]
    return [machine(f"published.{name}", value, "{}") if name.endswith("cpu_s") else exact(f"published.{name}", value)
            for name, value in lines]


def measure_energy():
    (calibration,) = program("energy_calibration")
    return [exact(f"energy.{line.split()[0]}", line.split()[1])
            for line in output(calibration, ROOT).splitlines()]


DRAM_PATTERNS = {
    "stream 256 B, 3 ports ": "stream3", "stream 256 B, 4 ports ": "stream4",
    "stream 256 B, 3 ports, cap 0.75": "capped3", "writes 256 B, 4 ports": "writes4",
    "50 % writes, 256 B, 4 ports": "mixed4", "64 B each 256 B (one group)": "one_group",
    "64 B each 32 KiB": "strided", "random 64 B ": "random64", "random 256 B": "random256",
    "random 4 KiB": "random4096"}
ENGINE_COSTS = {"1 M waits of one process": ("wait", 1e6), "1 M tokens through a FIFO": ("token", 1e6),
                "70 k DRAM rows of 256 B": ("row", 7e4)}


def measure_memory():
    """Effective DRAM bandwidth by access pattern (exact), and what the engine and the memory model cost (machine)."""
    bandwidth, rate = program("dram_bandwidth", "dram_engine_rate")
    out = []
    for line in output(bandwidth).splitlines():
        for pattern, name in DRAM_PATTERNS.items():
            if line.startswith(pattern) and not (name == "stream3" and "cap" in line):
                share, gb_s, *_, rate_m = line[36:].split()
                out += [exact(f"dram.{name}.share", share), exact(f"dram.{name}.gb_s", gb_s),
                        machine(f"dram.{name}.mbursts", float(rate_m), "{:.1f}")]
    for line in output(rate).splitlines():
        for text, (name, count) in ENGINE_COSTS.items():
            if line.startswith(text):
                out.append(machine(f"engine.{name}_us", 1e6 * float(line.split(" s")[0].split()[-1]) / count))
    return out


def measure_stream():
    (stream,) = program("cycle_stream")
    constraints = ROOT / "constraints"
    return pairs(output(stream, "figures", constraints / "designs" / "m3-zcu102-stream.yaml",
                        constraints / "boards" / f"{BOARD}.yaml"))


# Module, parameter, values, its folder: what differs between the ablation's variants that the RTL has.
VARIANTS = (("edgemoe_loader_control", "Prefetch", (0, 1), "weight_loader"),
            ("edgemoe_attention_walk", "ScoreGroups", (2, 3), "array_control"))


def measure_variants():
    """LUTs and flip-flops of the modules that differ between the variants of the RTL, by Yosys."""
    rtl, out = ROOT / "rtl", []
    common = [rtl / "common" / "edgemoe_pkg.sv"]
    common += sorted(path for path in (rtl / "common").glob("*.sv") if path not in common)
    for module, parameter, values, folder in VARIANTS:
        for value in values:
            text = output("bash", ROOT / "tests" / "rtl" / "tools" / "synth.sh", module, f"{parameter}={value}", "",
                          rtl / "common", *common, *sorted((rtl / folder).glob("*.sv")))
            cells = {name: int(count) for name, count in (line.split() for line in text.splitlines())}
            for kind, first in (("lut", "LUT"), ("ff", "FD")):
                count = sum(n for name, n in cells.items() if name.startswith(first))
                out.append(exact(f"variant.{module}.{parameter}{value}.{kind}", str(count)))
    return out


# Parts of the accelerator in the table of rtl/README.md.
SYNTH_PARTS = ("requantizer", "gelu_unit", "gate_unit", "softmax_unit", "score_maximum", "norm_unit", "norm_lane",
               "compute_array", "operand_path", "residual", "router_control", "loader", "counter_file", "unit_front")


def synthesised(design, prefix):
    """Totals of a design's RTL through Yosys, module by module; (figures, hierarchy)."""
    top = json.loads(output(ROOT / "edgemoe", "synth", "--design", design, "--json", fine=(0, 1)))["hierarchy"]
    figures = [exact(f"{prefix}.{kind}", f"{top['cells'][kind]:g}")
               for kind in ("dsp", "lut", "lut_memory", "ff", "bram36", "uram")]
    return figures + [exact(f"{prefix}.lut_percent", 100 * top["cells"]["lut"] / 274080, "{:.1f}")], top


def measure_synth():
    """m3-zcu102 and m3-zcu102-max: totals, and the parts of the table for the first."""
    figures, top = synthesised("m3-zcu102", "synth")
    found = {}

    def collect(module):
        for child in module["children"]:
            found.setdefault(child["module"], []).append(child)
            collect(child)
    collect(top)
    for part in SYNTH_PARTS:
        places = found[f"edgemoe_{part}"]
        for kind in ("dsp", "lut", "ff", "bram36"):
            figures.append(exact(f"synth.{part}.{kind}", f"{sum(place['cells'][kind] for place in places):g}"))
    return figures + synthesised("m3-zcu102-max", "synth.max")[0]


def measure_import():
    """A made directory in the published layout: imported with 16 scenes as samples, then run in every precision."""
    program("make_published_layout")
    figures, scenes16 = [], MODEL / "samples"
    with tempfile.TemporaryDirectory() as folder:
        source, model = pathlib.Path(folder, "source"), pathlib.Path(folder, "model")
        output(BUILD / "tests" / "models" / "import" / "make_published_layout", source)
        began = time.monotonic()
        output(ROOT / "edgemoe", "import", source, "--out", model, "--samples", scenes16)
        figures.append(machine("import.s", time.monotonic() - began))
        for precision, design in (("w8a8", "m3-zcu102"), ("w16a16", "m3-zcu102-w16a16"),
                                  ("w16a32", "m3-zcu102-w16a32")):
            result = report("compare", "--model", model, "--design", design)
            golden = [task for run in result["runs"] for task in run["golden"].values()]
            if "calibrate" in result["host"]["phases_s"]:
                figures.append(machine(f"import.{precision}.calibrate_s", result["host"]["phases_s"]["calibrate"]))
            name = f"import.{precision}"
            figures += [exact(f"{name}.sqnr", mean(g["sqnr_db"] for g in golden), "{:.1f}"),
                        exact(f"{name}.forced_sqnr", mean(g["forced"]["sqnr_db"] for g in golden), "{:.1f}"),
                        exact(f"{name}.routing", 100 * mean(g["routing_agreement"] for g in golden), "{:.1f}"),
                        exact(f"{name}.taps_out",
                              sum(t["ok"] is False for g in golden for t in g["forced"]["taps"])),
                        exact(f"{name}.overflows",
                              sum(sum(run["overflows"].values()) for run in result["runs"]))]
    return figures


GROUPS = {group.name: group for group in (
    Group("run", "run host", "the main job: latency, energy, roofline, resources, phases", False, measure_run),
    Group("samples", "samples alt", "accuracy over the 16 bundled scenes and the 4 of the second renderer",
          False, measure_samples),
    Group("precisions", "precision", "accuracy and speed of the three precisions, and of calibration", False,
          measure_precisions),
    Group("zoo", "zoo", "the published configurations: time, traffic and accuracy of all tasks (40 minutes)", True,
          measure_zoo),
    Group("kernels", "kernels", "time and memory of the kernels on the small model of NYUD-v2's shape", False,
          measure_kernels),
    Group("training", "train", "metrics and curve of the shipped training run, from its logs",
          False, measure_training),
    Group("cycle", "cycle", "latency over active experts and prefetch policies, synthetic routing",
          False, measure_cycle),
    Group("prefetch", "prefetch", "guesses of the prefetch over the bundled scenes, the model's own routing",
          False, measure_prefetch),
    Group("rtl", "rtl", "the RTL on the trained model: cycles, equality, seconds (needs Verilator)",
          True, measure_rtl),
    Group("sweep", "sweep", "latency over the shape of the array, synthetic routing", False, measure_sweep),
    Group("published", "published", "edge-moe as loops and streams: latency, ladder, sensitivities",
          False, measure_published),
    Group("energy", "energy", "energy model: fit, published powers and energies beside it; UbiMoE and CoQMoE presets",
          False, measure_energy),
    Group("side", "side", "designs of ours and of others side by side on one scene", False, measure_side),
    Group("costs", "costs", "what each approximation costs on its own, 16 scenes, three precisions", False,
          measure_costs),
    Group("ablation", "ablation", "what each published technique is worth, synthetic routing",
          False, measure_ablation),
    Group("variants", "variant", "modules that differ between variants of the RTL (needs Yosys)", True,
          measure_variants),
    Group("synth", "synth", "cells of the RTL of m3-zcu102 and -max (needs Yosys; 20 minutes)", True, measure_synth),
    Group("memory", "dram engine", "effective DRAM bandwidth, cost of the engine", False, measure_memory),
    Group("stream", "stream", "frames back to back, tasks in turn, synthetic routing", False, measure_stream),
    Group("import", "import", "a directory in the published layout, imported and run in every precision",
          False, measure_import),
    Group("scenes512", "scenes512", "accuracy over 512 validation scenes (makes them first)",
          True, measure_scenes512),
)}

PREFIXES = tuple(f"{prefix}." for group in GROUPS.values() for prefix in group.prefixes.split())


def measured_prefixes(groups):
    return {prefix for name in groups for prefix in GROUPS[name].prefixes.split()}
