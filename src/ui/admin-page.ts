/** `<admin-page>`: what the operator’s server has spent, for who has the operator’s token, which the tab keeps no longer than it lives. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { spendReportOf, type SpendReport } from '../kernel/spend-report';
import { createRequest } from '../privacy/request';
import { controls, tokens } from './theme';

const request = createRequest({
  isOnline: () => navigator.onLine,
  isPrivate: () => false,
});
const KEY = 'smallfirst-admin-token';
const ACCOUNTS = { site: 'Site', visitor: 'Visitor (a hash)', model: 'Model' } as const;

@customElement('admin-page')
export class AdminPage extends LitElement {
  static override readonly styles = [
    tokens,
    controls,
    css`
      :host {
        display: block;
        max-width: 46rem;
        margin-inline: auto;
        padding: 2rem 1rem;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
        align-items: end;
        margin-bottom: 1.5rem;
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
        background: var(--sf-surface);
        color: var(--sf-text);
      }
      .sums {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem 3rem;
        margin: 0 0 1.5rem;
      }
      .sums strong {
        display: block;
        font-size: 1.6rem;
        font-variant-numeric: tabular-nums;
      }
      table {
        width: 100%;
        margin-bottom: 1.5rem;
        border-collapse: collapse;
        font-size: 0.93rem;
      }
      th,
      td {
        padding: 0.35rem 0.5rem;
        border-bottom: 1px solid var(--sf-line);
        text-align: start;
        overflow-wrap: anywhere;
      }
      th:not(:first-child),
      td:not(:first-child) {
        text-align: end;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @state() private report: SpendReport | undefined;
  @state() private problem = '';

  override render() {
    return html`<main>
      <h1>Spend</h1>
      <form @submit=${this.#submit}>
        <label
          >Operator’s token
          <input
            name="token"
            type="password"
            required
            autocomplete="off"
            .value=${sessionStorage.getItem(KEY) ?? ''}
          />
        </label>
        <label
          >Day (UTC) <input name="day" type="date" .value=${new Date().toISOString().slice(0, 10)}
        /></label>
        <button class="primary">Show</button>
      </form>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
      ${this.report ? this.#shown(this.report) : nothing}
    </main>`;
  }

  #shown({ day, spent_usd, held_usd, calls, by }: SpendReport) {
    return html`<p class="sums" role="status">
        <span>Spent on ${day} <strong data-spent>$${spent_usd.toFixed(4)}</strong></span>
        <span>Held for calls under way <strong>$${held_usd.toFixed(4)}</strong></span>
        <span>Calls <strong>${calls}</strong></span>
      </p>
      ${(['site', 'visitor', 'model'] as const).map(
        (account) =>
          html`<table>
            <thead>
              <tr>
                <th scope="col">${ACCOUNTS[account]}</th>
                <th scope="col">Calls</th>
                <th scope="col">Spent</th>
              </tr>
            </thead>
            <tbody>
              ${by[account].map(
                (row) =>
                  html`<tr>
                    <td>${row.name}</td>
                    <td>${row.calls}</td>
                    <td>$${row.spent_usd.toFixed(4)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`,
      )}`;
  }

  async #submit(event: SubmitEvent) {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const token = given.get('token') as string;
    const day = given.get('day') as string;
    this.problem = '';
    try {
      const response = await request(new URL(`api/spend?day=${day}`, document.baseURI), {
        headers: { Authorization: `Bearer ${token}` },
      });
      const report = response.ok ? spendReportOf(await response.json()) : undefined;
      if (!report) throw new Error(problemOf(response.status));
      sessionStorage.setItem(KEY, token);
      this.report = report;
    } catch (error) {
      this.report = undefined;
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }
}

function problemOf(status: number): string {
  if (status === 401) return 'This is not the operator’s token.';
  return status === 404
    ? 'This server keeps no books: it has no key, or no ADMIN_TOKEN.'
    : `The server answered with ${status}.`;
}
