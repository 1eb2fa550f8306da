/** `<smallfirst-answer-receipt>`: who answered, why, in how many tokens and milliseconds, and for how much. Property: `answer`. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AnswerFacts } from '../kernel/history';
import { healingText } from '../kernel/healing';
import { ESCALATION_REASONS, STAY_REASONS, type Evidence } from '../kernel/route';
import { usdText } from '../meter/receipt';
import { sizeText } from './words';

@customElement('smallfirst-answer-receipt')
export class AnswerReceipt extends LitElement {
  static override readonly styles = css`
    dl {
      display: grid;
      grid-template-columns: max-content 1fr;
      gap: 0.15rem 1rem;
      width: fit-content;
      max-width: 100%;
      margin: 0.4rem 0 0;
      padding: 0.7rem 1rem;
      border: 1px dashed var(--sf-line);
      border-radius: 10px;
      background: var(--sf-surface);
      font-size: 0.85rem;
    }
    dt {
      color: var(--sf-muted);
    }
    dd {
      margin: 0;
      font-variant-numeric: tabular-nums;
    }
  `;

  @property({ attribute: false }) answer!: AnswerFacts;

  override render() {
    const { answer } = this;
    const { billing, tried, usage } = answer;
    const costNanoUsd = (billing?.costNanoUsd ?? 0) + (tried?.costNanoUsd ?? 0);
    return html`<dl data-cost-nano-usd=${costNanoUsd}>
      ${row('Model', answer.modelName || '–')}
      ${row('Place', answer.place === 'cloud' ? 'In the cloud' : 'On this device')}
      ${row('Why', whyOf(answer))} ${evidenceOf(answer.routing?.evidence)}
      ${answer.healed?.map((healing) => row('Put right', healingText(healing))) ?? nothing}
      ${
        billing
          ? row(
              'Tokens',
              `${billing.promptTokens} read${billing.cachedTokens ? ` (${billing.cachedTokens} cached)` : ''}, ${billing.completionTokens} written${billing.isEstimated ? ', estimated' : ''}`,
            )
          : usage
            ? row(
                'Tokens',
                `${usage.promptTokens} read, ${usage.completionTokens} written${usage.isEstimated ? ', estimated' : ''}`,
              )
            : nothing
      }
      ${answer.firstTextMs === undefined ? nothing : row('First word', timeText(answer.firstTextMs))}
      ${answer.durationMs === undefined ? nothing : row('In all', timeText(answer.durationMs))}
      ${answer.sentiment ? row('You sounded', answer.sentiment) : nothing}
      ${
        billing
          ? html`${tried ? row('Tried first', `${tried.model}, ${usdText(tried.costNanoUsd)}`) : nothing}
            ${row('Cost', `${usdText(costNanoUsd)}${billing.isHalfPrice ? ', half price' : ''}, paid by this site`)}
            ${row('Price of', `${billing.model}, ${billing.priceAsOf}`)}
            ${row('Left this device', sizeText(billing.sentBytes + (tried?.sentBytes ?? 0)))}`
          : html`${row('Cost', '$0')} ${row('Left this device', 'nothing')}`
      }
    </dl>`;
  }
}

function whyOf({ routing }: AnswerFacts): string {
  if (!routing?.wanted) return 'The small model answers first.';
  const wanted = ESCALATION_REASONS[routing.wanted];
  return routing.stayed ? `${wanted} But: ${STAY_REASONS[routing.stayed]}` : wanted;
}

/** What the gates went by, for those who want to know. */
function evidenceOf(evidence: Evidence | undefined) {
  if (!evidence) return nothing;
  const { signals, smallRight, largeRight, familiarity, gain, price, draftRight, isSameTwice } = evidence;
  const percent = (name: string, share: number | undefined) =>
    share === undefined ? nothing : row(name, `${Math.round(100 * share)} %`);
  return html`${signals.length > 0 ? row('Signs seen', signals.join(', ')) : nothing}
  ${isSameTwice === undefined ? nothing : row('Asked twice', isSameTwice ? 'the same answer' : 'another answer')}
  ${percent('Draft is right', draftRight)} ${percent('Small model right', smallRight)}
  ${percent('Large model right', largeRight)} ${percent('Known kind', familiarity)}
  ${percent('Gain of a call', gain)} ${percent('Gain that is worth it', price)}`;
}

function row(name: string, value: string) {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`;
}

function timeText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
