/** `<meter-panel>`: what was answered here, spent and saved so far. Property: `totals`. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Totals } from '../kernel/route';
import { usdText } from '../meter/receipt';
import './day-chart';
import { controls } from './theme';

@customElement('meter-panel')
export class MeterPanel extends LitElement {
  static override readonly styles = [
    controls,
    css`
      section {
        padding: 0.8rem 0.9rem;
        border: 1px solid var(--sf-line);
        border-radius: var(--sf-radius);
        background: var(--sf-surface);
        font-size: 0.86rem;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin-block: 0.35rem 0.6rem;
        accent-color: var(--sf-accent);
      }
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.1rem 1rem;
        margin: 0;
      }
      dt {
        color: var(--sf-muted);
      }
      dd {
        margin: 0;
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      p {
        margin: 0;
      }
    `,
  ];

  @property({ attribute: false }) totals!: Totals;

  override render() {
    const { localAnswers, cloudAnswers, spentNanoUsd, savedNanoUsd, days } = this.totals;
    const answers = localAnswers + cloudAnswers;
    if (answers === 0) return nothing;
    const share = Math.floor((100 * localAnswers) / answers);
    return html`<section aria-label="Meter">
      <p><strong>${share} %</strong> answered on this device</p>
      <progress max="100" value=${share} aria-hidden="true"></progress>
      <dl>
        <dt>Answers</dt>
        <dd>${answers}</dd>
        <dt>Spent by this site</dt>
        <dd data-spent=${spentNanoUsd}>${usdText(spentNanoUsd)}</dd>
        <dt>Saved against gpt-4o</dt>
        <dd data-saved=${savedNanoUsd}>${usdText(savedNanoUsd)}</dd>
      </dl>
      <day-chart .days=${days}></day-chart>
    </section>`;
  }
}
