/** `<admin-share>`: how many answers pages say were made on devices, and how many in the cloud. Properties: `days`, `isReported`. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AdminDay } from '../kernel/admin-report';
import { cardStyles } from './admin-styles';
import './stacked-days';

@customElement('admin-share')
export class AdminShare extends LitElement {
  static override readonly styles = [
    cardStyles,
    css`
      strong {
        font-size: 1.6rem;
        font-variant-numeric: tabular-nums;
      }
      code {
        font-size: 0.9em;
      }
    `,
  ];

  @property({ attribute: false }) days: readonly AdminDay[] = [];
  @property({ type: Boolean }) isReported = false;

  override render() {
    const values = (place: 'device' | 'cloud') => this.days.map(({ answers }) => answers[place]);
    const sum = (all: readonly number[]) => all.reduce((total, value) => total + value, 0);
    const device = sum(values('device'));
    const answers = device + sum(values('cloud'));
    return html`<section>
      <h2>Answered on devices</h2>
      ${
        answers === 0
          ? html`<p class="muted">
              ${
                this.isReported
                  ? 'No page has reported an answer in these days.'
                  : html`Pages report nothing. With <code>"reportAnswers": true</code> in the config file they
                      send two numbers now and then: answers here, answers in the cloud. No text, no ids.`
              }
            </p>`
          : html`<p class="muted">
                <strong data-share>${Math.floor((100 * device) / answers)} %</strong> of ${answers} answers
                that pages reported
              </p>
              <stacked-days
                label="Answers"
                .days=${this.days.map(({ day }) => day)}
                .series=${[
                  { name: 'on devices', values: values('device') },
                  { name: 'in the cloud', values: values('cloud') },
                ]}
              ></stacked-days>`
      }
    </section>`;
  }
}
