/** `<admin-page>`: what the operator’s server spends, refuses and runs on, for who has the operator’s token, which the tab keeps no longer than it lives. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { adminReportOf, type AdminCaps, type AdminReport } from '../kernel/admin-report';
import { usdText } from '../meter/receipt';
import { createRequest } from '../privacy/request';
import './admin-caps';
import './admin-pair';
import './admin-refusals';
import './admin-share';
import './admin-spend';
import { cardStyles } from './admin-styles';
import { controls, tokens } from './theme';

const request = createRequest({
  isOnline: () => navigator.onLine,
  isPrivate: () => false,
});
const KEY = 'smallfirst-admin-token';
const SPANS = [1, 7, 30, 90] as const;
const REFRESH_MS = 30_000;

@customElement('admin-page')
export class AdminPage extends LitElement {
  static override readonly styles = [
    tokens,
    controls,
    cardStyles,
    css`
      :host {
        display: block;
        min-height: 100dvh;
        background: var(--sf-bg);
      }
      main {
        max-width: 70rem;
        margin-inline: auto;
        padding: 1.5rem 1rem 3rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.6rem 1rem;
        margin-bottom: 1.2rem;
      }
      h1 {
        flex: 1;
        margin: 0;
        font-size: 1.5rem;
      }
      form.sign-in {
        display: grid;
        gap: 0.8rem;
        max-width: 24rem;
        margin: 12vh auto 0;
        padding: 1.6rem;
        border: 1px solid var(--sf-line);
        border-radius: var(--sf-radius);
        background: var(--sf-surface);
      }
      label {
        display: grid;
        gap: 0.2rem;
        color: var(--sf-muted);
        font-size: 0.88rem;
      }
      input {
        min-height: 2.5rem;
        padding: 0.3rem 0.7rem;
        border: 1px solid var(--sf-line);
        border-radius: 10px;
        background: var(--sf-bg);
        color: var(--sf-text);
      }
      .tiles,
      .cards {
        display: grid;
        gap: 1rem;
        margin-bottom: 1rem;
      }
      .tiles {
        grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
      }
      @media (max-width: 40rem) {
        .tiles section:first-child {
          grid-column: 1 / -1;
        }
      }
      .cards {
        grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr));
      }
      .wide {
        grid-column: 1 / -1;
      }
      .tiles section strong {
        display: block;
        font-size: 1.5rem;
        font-variant-numeric: tabular-nums;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin-top: 0.4rem;
        accent-color: var(--sf-accent);
      }
      [role='alert'] {
        margin: 0 0 1rem;
        padding: 0.7rem 1rem;
        border-radius: 10px;
        background: var(--sf-danger-soft);
        color: var(--sf-danger);
      }
    `,
  ];

  @state() private report: AdminReport | undefined;
  @state() private span: (typeof SPANS)[number] = 30;
  @state() private problem = '';
  @state() private capsProblem = '';
  @state() private capsTold = '';
  #token = sessionStorage.getItem(KEY) ?? '';
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback() {
    super.connectedCallback();
    if (this.#token) void this.#load();
    this.#timer = setInterval(() => {
      if (this.report && document.visibilityState === 'visible') void this.#load();
    }, REFRESH_MS);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    return html`<main>${this.report ? this.#shown(this.report) : this.#signIn()}</main>`;
  }

  #signIn() {
    return html`<form class="sign-in" @submit=${this.#submit}>
      <h1>Operation</h1>
      <label>
        Operator’s token
        <input name="token" type="password" required autocomplete="off" />
      </label>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
      <button class="primary">Show</button>
    </form>`;
  }

  #shown(report: AdminReport) {
    const { days, rungs, vendor, caps, usual_caps } = report;
    return html`<header>
        <h1>Operation</h1>
        <div role="group" aria-label="Days shown">
          ${SPANS.map(
            (span) =>
              html`<button
                class="small"
                aria-pressed=${this.span === span}
                @click=${() => this.#showDays(span)}
              >
                ${span === 1 ? 'Today' : `${span} days`}
              </button>`,
          )}
        </div>
        <button class="small plain" @click=${this.#signOut}>Sign out</button>
      </header>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing} ${this.#tiles(report)}
      <div class="cards">
        <admin-spend class="wide" .days=${days}></admin-spend>
        <admin-share .days=${days} .isReported=${report.reports_answers}></admin-share>
        <admin-refusals .days=${days}></admin-refusals>
        <admin-pair .rungs=${rungs} .vendor=${vendor}></admin-pair>
        <admin-caps
          .caps=${caps}
          .usual=${usual_caps}
          .problem=${this.capsProblem}
          .told=${this.capsTold}
          @caps=${this.#changeCaps}
        >
        </admin-caps>
      </div>
      <p class="muted">
        Days are UTC days. Sites are origins of pages; visitors, and what they write, are not shown here. As
        of ${new Date(report.now).toISOString().slice(0, 16).replace('T', ' ')} UTC.
      </p>`;
  }

  #tiles({ days, caps, held_nano_usd, open_reservations }: AdminReport) {
    const spent = days.at(-1)?.spent_nano_usd ?? 0;
    const calls = days.reduce((sum, day) => sum + day.calls, 0);
    const used = caps.day > 0 ? Math.min(100, Math.round((100 * (spent + held_nano_usd)) / caps.day)) : 100;
    return html`<div class="tiles">
      <section>
        Spent today <strong data-spent>${usdText(spent)}</strong>
        <progress max="100" value=${used} aria-label="Of today’s cap"></progress>
        <p class="muted">${used} % of ${usdText(caps.day)}</p>
      </section>
      <section>
        Calls <strong>${calls}</strong>
        <p class="muted">${this.span === 1 ? 'today' : `in ${this.span} days`}</p>
      </section>
      <section>
        Held <strong>${usdText(held_nano_usd)}</strong>
        <p class="muted">for ${open_reservations} calls under way here</p>
      </section>
    </div>`;
  }

  #submit(event: SubmitEvent) {
    event.preventDefault();
    this.#token = new FormData(event.target as HTMLFormElement).get('token') as string;
    void this.#load();
  }

  #showDays(span: (typeof SPANS)[number]) {
    this.span = span;
    void this.#load();
  }

  #signOut() {
    sessionStorage.removeItem(KEY);
    this.#token = '';
    this.report = undefined;
    this.problem = '';
  }

  async #load() {
    const token = this.#token;
    try {
      const response = await this.#ask(`api/admin?days=${this.span}`);
      const report = response.ok ? adminReportOf(await response.json()) : undefined;
      // Signed out meanwhile, or in as another.
      if (token !== this.#token) return;
      if (!report) throw new Error(problemOf(response.status));
      sessionStorage.setItem(KEY, this.#token);
      this.report = report;
      this.problem = '';
    } catch (error) {
      if (token !== this.#token) return;
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  async #changeCaps({ detail }: CustomEvent<AdminCaps>) {
    this.capsTold = '';
    try {
      const response = await this.#ask('api/caps', { method: 'PUT', body: JSON.stringify(detail) });
      if (!response.ok)
        throw new Error(`The caps were not changed: the server answered with ${response.status}.`);
      this.capsProblem = '';
      this.capsTold = 'Changed. It is in the server’s log.';
      await this.#load();
    } catch (error) {
      this.capsProblem = error instanceof Error ? error.message : String(error);
    }
  }

  #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' };
    return request(new URL(path, document.baseURI), { ...init, headers });
  }
}

function problemOf(status: number): string {
  if (status === 401) return 'This is not the operator’s token.';
  return status === 404
    ? 'This server keeps no books: it has no key, or no ADMIN_TOKEN.'
    : `The server answered with ${status}.`;
}
