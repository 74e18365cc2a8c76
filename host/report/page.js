// SPDX-License-Identifier: Apache-2.0
"use strict";
(function () {
  // Several entries: show one at a time. Without script all stand below one another.
  const runs = Array.from(document.querySelectorAll("section.run"));
  const buttons = Array.from(document.querySelectorAll("nav.runs button"));
  function show(index) {
    runs.forEach((run, i) => { run.hidden = i !== index; });
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === index)));
    window.dispatchEvent(new Event("resize"));
  }
  buttons.forEach((button, i) => button.addEventListener("click", () => show(i)));

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const LEFT = 118, ROW = 24, PLOT = 54, AXIS = 24;

  class Timeline {
    constructor(box) {
      this.data = JSON.parse(box.querySelector("script").textContent);
      this.canvas = box.querySelector("canvas");
      this.tip = box.querySelector(".tip");
      this.begin = 0;
      this.end = Math.max(1, this.data.cycles);
      this.rest = this.tip.textContent;
      this.canvas.addEventListener("wheel", (e) => this.zoom(e), { passive: false });
      this.canvas.addEventListener("pointerdown", (e) => this.grab(e));
      this.canvas.addEventListener("pointermove", (e) => this.move(e));
      this.canvas.addEventListener("pointerup", () => { this.drag = null; });
      this.canvas.addEventListener("pointerleave", () => {
        this.drag = null;
        this.tip.textContent = this.rest;
      });
      this.canvas.addEventListener("dblclick", () => this.view(0, this.data.cycles));
      window.addEventListener("resize", () => this.draw());
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
      this.draw();
    }
    height() {
      return this.data.lanes.length * ROW + this.data.counters.length * PLOT + AXIS + 8;
    }
    plotWidth() { return this.width - LEFT - 12; }
    x(cycle) { return LEFT + (cycle - this.begin) / (this.end - this.begin) * this.plotWidth(); }
    cycle(x) { return this.begin + (x - LEFT) / this.plotWidth() * (this.end - this.begin); }
    view(begin, end) {
      const whole = Math.max(1, this.data.cycles);
      const span = Math.min(whole, Math.max(20, end - begin));
      this.begin = Math.min(Math.max(0, begin), whole - span);
      this.end = this.begin + span;
      this.draw();
    }
    zoom(event) {
      event.preventDefault();
      const at = this.cycle(event.offsetX), factor = Math.exp(event.deltaY * 0.0016);
      const begin = at - (at - this.begin) * factor;
      this.view(begin, begin + (this.end - this.begin) * factor);
    }
    grab(event) {
      this.drag = { x: event.offsetX, begin: this.begin };
      this.canvas.setPointerCapture(event.pointerId);
    }
    move(event) {
      if (this.drag) {
        const span = this.end - this.begin;
        const begin = this.drag.begin - (event.offsetX - this.drag.x) / this.plotWidth() * span;
        this.view(begin, begin + span);
      } else {
        this.explain(event.offsetX, event.offsetY);
      }
    }
    explain(x, y) {
      const cycle = this.cycle(x), lane = this.data.lanes[Math.floor((y - 4) / ROW)];
      const slice = lane && lane.slices.find((s) => s[0] <= cycle && cycle < s[1]);
      if (!slice) { this.tip.textContent = this.rest; return; }
      const us = (c) => (c / this.data.clock).toFixed(2);
      this.tip.textContent = "";
      const name = document.createElement("b");
      name.textContent = this.data.names[slice[2]];
      this.tip.append(name, `  ${lane.name}: cycles ${slice[0]} to ${slice[1]}, ` +
        `${slice[1] - slice[0]} cycles (${us(slice[1] - slice[0])} us), from ${us(slice[0])} us`);
    }
    draw() {
      this.width = this.canvas.parentElement.clientWidth;
      if (this.width === 0) return;
      const ratio = window.devicePixelRatio || 1, height = this.height();
      this.canvas.width = this.width * ratio;
      this.canvas.height = height * ratio;
      this.canvas.style.height = height + "px";
      const g = this.canvas.getContext("2d");
      g.scale(ratio, ratio);
      g.font = "12px system-ui, sans-serif";
      g.textBaseline = "middle";
      this.drawAxis(g, height);
      this.data.lanes.forEach((lane, row) => this.drawLane(g, lane, 4 + row * ROW));
      const top = 4 + this.data.lanes.length * ROW;
      this.data.counters.forEach((counter, i) => this.drawCounter(g, counter, top + i * PLOT));
    }
    drawAxis(g, height) {
      const us = (this.end - this.begin) / this.data.clock;
      const decade = 10 ** Math.floor(Math.log10(us / 8));
      const step = [1, 2, 5, 10].map((f) => f * decade).find((s) => us / s <= 10);
      g.textAlign = "center";
      const first = Math.ceil(this.begin / this.data.clock / step) * step;
      for (let t = first; t * this.data.clock <= this.end; t += step) {
        const x = this.x(t * this.data.clock);
        g.fillStyle = css("--line");
        g.fillRect(x, 0, 1, height - AXIS);
        g.fillStyle = css("--soft");
        g.fillText(Number(t.toFixed(4)) + " us", Math.min(x, this.width - 24), height - AXIS / 2);
      }
    }
    drawLane(g, lane, y) {
      this.label(g, lane.name, y + ROW / 2);
      g.save();
      g.beginPath();
      g.rect(LEFT, y, this.width - LEFT - 12, ROW);
      g.clip();
      g.textAlign = "left";
      for (const [begin, end, name, kind] of lane.slices) {
        if (end < this.begin || begin > this.end) continue;
        const x = this.x(begin), w = Math.max(0.6, this.x(end) - x - 0.4);
        g.fillStyle = css("--k" + kind);
        g.fillRect(x, y + 3, w, ROW - 6);
        const text = this.data.names[name];
        if (w > 7 * text.length + 6) {
          g.fillStyle = css("--bg");
          g.fillText(text, Math.max(x, LEFT) + 4, y + ROW / 2);
        }
      }
      g.restore();
    }
    drawCounter(g, counter, y) {
      let peak = 0;
      for (const p of counter.points) peak = Math.max(peak, p[1]);
      this.label(g, counter.name, y + PLOT / 2 - 7);
      this.label(g, "max " + Number(peak.toPrecision(4)) + " " + counter.unit, y + PLOT / 2 + 9);
      g.save();
      g.beginPath();
      g.rect(LEFT, y, this.width - LEFT - 12, PLOT);
      g.clip();
      g.beginPath();
      const level = (v) => y + PLOT - 4 - (peak > 0 ? v / peak : 0) * (PLOT - 10);
      let last = 0;
      g.moveTo(this.x(0), level(0));
      for (const [cycle, value] of counter.points) {
        g.lineTo(this.x(cycle), level(last));
        g.lineTo(this.x(cycle), level(value));
        last = value;
      }
      g.lineTo(this.x(this.data.cycles), level(last));
      g.lineTo(this.x(this.data.cycles), level(0));
      g.globalAlpha = 0.28;
      g.fillStyle = css("--accent");
      g.fill();
      g.globalAlpha = 1;
      g.strokeStyle = css("--accent");
      g.stroke();
      g.restore();
    }
    label(g, text, y) {
      g.fillStyle = css("--soft");
      g.textAlign = "right";
      let shown = text;
      while (shown.length > 4 && g.measureText(shown).width > LEFT - 14) shown = shown.slice(0, -2);
      g.fillText(shown === text ? text : shown + "\u2026", LEFT - 8, y);
    }
  }
  document.querySelectorAll(".timeline").forEach((box) => {
    box.hidden = false;
    new Timeline(box);
  });
  if (buttons.length > 0) show(0);
})();
