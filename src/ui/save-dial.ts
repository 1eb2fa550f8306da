/** `<save-dial>`: how readily the large model is asked. Property: `value` (0 to 1). Event: `dial` (detail: the new value). */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from './theme';

@customElement('save-dial')
export class SaveDial extends LitElement {
  static override readonly styles = [
    controls,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        margin-inline-start: 0.8rem;
        vertical-align: middle;
        color: var(--sf-muted);
        font-size: 0.83rem;
      }
      input {
        width: 7rem;
        accent-color: var(--sf-accent);
      }
    `,
  ];

  @property({ type: Number }) value = 0.5;

  override render() {
    return html`<span aria-hidden="true">Save</span>
      <input
        type="range"
        role="slider"
        aria-label="Save to Best"
        aria-valuetext=${textOf(this.value)}
        title=${textOf(this.value)}
        min="0"
        max="1"
        step="0.25"
        .value=${String(this.value)}
        @input=${this.#moved}
      />
      <span aria-hidden="true">Best</span>`;
  }

  #moved(event: Event) {
    this.value = (event.target as HTMLInputElement).valueAsNumber;
    this.dispatchEvent(new CustomEvent('dial', { detail: this.value }));
  }
}

function textOf(value: number): string {
  if (value <= 0) return 'Save: only what the small model cannot do goes to the large one';
  if (value >= 1) return 'Best: in doubt the large model is asked';
  return `${['Mostly save', 'Balanced', 'Mostly best'][Math.round(4 * value) - 1] ?? 'Balanced'}: of hard questions, about ${share(value)} go to the large model`;
}

/** The same as in `route/dial`, which the gates go by. */
function share(value: number): string {
  return `${Math.round(100 * value ** 2)} %`;
}
