/** `<day-chart>`: answers of the last days as bars, here and in the cloud, with what they cost and saved. Property: `days`. */
import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayTotals } from '../kernel/route';
import { usdText } from '../meter/receipt';

const SHOWN_DAYS = 14;
const WIDTH = 224;
const HEIGHT = 44;
const GAP = 3;

@customElement('day-chart')
export class DayChart extends LitElement {
  static override readonly styles = css`
    figure {
      margin: 0.7rem 0 0;
    }
    svg {
      display: block;
      width: 100%;
      height: auto;
    }
    .local {
      fill: var(--sf-accent);
    }
    .cloud {
      fill: light-dark(#c9822b, #e8b06a);
    }
    .none {
      fill: var(--sf-line);
    }
    figcaption {
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      color: var(--sf-muted);
      font-size: 0.76rem;
    }
    i {
      display: inline-block;
      width: 0.6em;
      height: 0.6em;
      margin-inline-end: 0.3em;
      border-radius: 2px;
      background: var(--sf-accent);
    }
    i.cloud {
      background: light-dark(#c9822b, #e8b06a);
    }
  `;

  @property({ attribute: false }) days: readonly DayTotals[] = [];

  override render() {
    const last = this.days.at(-1);
    if (!last) return nothing;
    const days = lastDays(this.days, last.day);
    const most = Math.max(1, ...days.map(({ localAnswers, cloudAnswers }) => localAnswers + cloudAnswers));
    return html`<figure>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${describe(days)}>
        ${days.map((day, at) => bar(day, at, most))}
      </svg>
      <figcaption>
        <span><i></i>here</span><span><i class="cloud"></i>cloud</span><span>last ${SHOWN_DAYS} days</span>
      </figcaption>
    </figure>`;
  }
}

function bar(day: DayTotals, at: number, most: number) {
  const width = (WIDTH + GAP) / SHOWN_DAYS - GAP;
  const x = at * (width + GAP);
  const local = (day.localAnswers / most) * (HEIGHT - 2);
  const cloud = (day.cloudAnswers / most) * (HEIGHT - 2);
  return svg`<g data-day=${day.day}>
    <title>${dayText(day)}</title>
    <rect class="none" x=${x} y=${HEIGHT - 2} width=${width} height="2" rx="1"></rect>
    <rect class="local" x=${x} y=${HEIGHT - local} width=${width} height=${local} rx="1.5"></rect>
    <rect class="cloud" x=${x} y=${HEIGHT - local - cloud} width=${width} height=${cloud} rx="1.5"></rect>
  </g>`;
}

/** Days on which nothing was answered have a place too. */
function lastDays(days: readonly DayTotals[], last: string): DayTotals[] {
  const known = new Map(days.map((day) => [day.day, day]));
  return Array.from({ length: SHOWN_DAYS }, (_none, at) => {
    const date = new Date(`${last}T12:00:00Z`);
    date.setUTCDate(date.getUTCDate() - (SHOWN_DAYS - 1 - at));
    const day = date.toISOString().slice(0, 10);
    return known.get(day) ?? { day, localAnswers: 0, cloudAnswers: 0, spentNanoUsd: 0, savedNanoUsd: 0 };
  });
}

function dayText({ day, localAnswers, cloudAnswers, spentNanoUsd, savedNanoUsd }: DayTotals): string {
  return `${day}: ${localAnswers} here, ${cloudAnswers} in the cloud, ${usdText(spentNanoUsd)} spent, ${usdText(savedNanoUsd)} saved`;
}

function describe(days: readonly DayTotals[]): string {
  return days
    .filter(({ localAnswers, cloudAnswers }) => localAnswers + cloudAnswers > 0)
    .map(dayText)
    .join('. ');
}
