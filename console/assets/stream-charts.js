// [data-charts=<id>]: draws what that element holds as JSON in data-points, and draws it again when new ones have come, when the
// width or the theme changes. Without this script the page shows the same as a table.
const DASH = [4, 4];
const HEIGHT = 180;
let drawn = '';
let plots = [];

/** A canvas knows no variables, and no mixtures: the style of an element has them worked out. */
function colour(name) {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = `var(--tblr-${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function timesOf(locale) {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  return (_plot, ticks, _axis, _space, step) => ticks.map((tick) => (step < 86_400 ? time : day).format(tick * 1000));
}

function axis(extra) {
  const line = { stroke: colour('border-color'), width: 1 };
  return { stroke: colour('secondary'), grid: line, ticks: line, ...extra };
}

/** A dashed line where something happened. */
function marksPlugin(marks) {
  return {
    hooks: {
      draw(plot) {
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.strokeStyle = colour('orange');
        ctx.setLineDash(DASH);
        for (const { at } of marks) {
          const x = plot.valToPos(at, 'x', true);
          if (x < bbox.left || x > bbox.left + bbox.width) continue;
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
        }
        ctx.restore();
      },
    },
  };
}

function draw(host, data, { title, unit, series }) {
  const colours = ['primary', 'orange'].map(colour);
  const { locale } = document.body.dataset;
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const figure = document.createElement('figure');
  const caption = document.createElement('figcaption');
  caption.textContent = title;
  figure.append(caption);
  host.append(figure);
  const options = {
    width: figure.clientWidth || 300,
    height: HEIGHT,
    cursor: { sync: { key: 'streams' } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(max ?? 0, 1) * 1.1] } },
    axes: [
      axis({ values: timesOf(locale) }),
      axis({ size: 60, values: (_plot, ticks) => ticks.map((tick) => number.format(tick) + unit) }),
    ],
    series: [
      { label: data.time, value: (_plot, at) => (at == null ? '–' : moment.format(at * 1000)) },
      ...series.map(({ label }, index) => ({
        label,
        stroke: colours[index],
        width: 2,
        dash: index > 0 ? DASH : undefined,
        value: (_plot, value) => (value == null ? '–' : number.format(value) + unit),
      })),
    ],
    plugins: [marksPlugin(data.marks)],
  };
  const plot = new globalThis.uPlot(options, [data.at, ...series.map(({ values }) => values)], figure);
  return { plot, figure };
}

function drawAll(isForced = false) {
  const host = document.querySelector('[data-charts]');
  const text = host && document.getElementById(host.dataset.charts)?.dataset.points;
  if (!text || (text === drawn && !isForced)) return;
  drawn = text;
  const data = JSON.parse(text);
  if (plots.length === data.charts.length && !isForced) {
    for (const [index, { plot }] of plots.entries())
      plot.setData([data.at, ...data.charts[index].series.map(({ values }) => values)]);
    return;
  }
  for (const { plot } of plots) plot.destroy();
  host.replaceChildren();
  plots = data.at.length > 1 ? data.charts.map((chart) => draw(host, data, chart)) : [];
}

function fit() {
  for (const { plot, figure } of plots) plot.setSize({ width: figure.clientWidth, height: HEIGHT });
}

addEventListener('resize', fit);
document.addEventListener('htmx:after:swap', () => drawAll());
new MutationObserver(() => drawAll(true)).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
drawAll();
