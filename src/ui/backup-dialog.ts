/**
 * `<backup-dialog>`: takes conversations out of this device and brings them back; `show()` opens it.
 * Properties: `archive`, `current` (the conversation that is open, where there is one to export).
 */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Archive, ExportKind, ImportReport } from '../kernel/archive';
import { FAULTS, faultOf, faultRecordOf, type FaultRecord } from '../kernel/fault';
import type { ConversationSummary } from '../kernel/history';
import { backupStyles } from './backup-dialog-styles';
import { dialogStyles } from './dialog-styles';
import { icons } from './icons';
import { controls } from './theme';

type Work =
  | { readonly kind: 'idle' }
  /** A file that another program handed over: nobody has said yet that it should be imported. */
  | { readonly kind: 'offered'; readonly file: File }
  | { readonly kind: 'working'; readonly text: string }
  | { readonly kind: 'imported'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly fault: FaultRecord };

const EXTENSIONS: Record<ExportKind, string> = { json: 'json', markdown: 'md' };

@customElement('backup-dialog')
export class BackupDialog extends LitElement {
  static override readonly styles = [controls, dialogStyles, backupStyles];

  @property({ attribute: false }) archive!: Archive;
  @property({ attribute: false }) current: ConversationSummary | undefined;
  @state() private work: Work = { kind: 'idle' };
  @state() private isDraggedOver = false;
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('input') private input!: HTMLInputElement;

  /** Opens as a modal dialog; `file`, where there is one, is imported once the person says so. */
  show(file?: File): void {
    if (this.work.kind !== 'working') this.work = file ? { kind: 'offered', file } : { kind: 'idle' };
    if (!this.dialog.open) this.dialog.showModal();
  }

  override render() {
    const isWorking = this.work.kind === 'working';
    return html`<dialog aria-labelledby="title">
      <header>
        <h2 id="title">Your chats as files</h2>
        <button class="plain icon" aria-label="Close" @click=${() => this.dialog.close()}>
          ${icons.close}
        </button>
      </header>
      <div class="body">
        ${this.#outcome()}
        <section aria-labelledby="out">
          <h3 id="out">Export</h3>
          <p class="muted">
            The file is made here and goes into your downloads. JSON keeps everything and can be imported
            again; Markdown is for reading.
          </p>
          ${this.#exports('All chats', undefined, isWorking)}
          ${this.current ? this.#exports('This chat', this.current, isWorking) : nothing}
        </section>
        <section aria-labelledby="in">
          <h3 id="in">Import</h3>
          <div
            class="drop"
            ?data-over=${this.isDraggedOver}
            @dragover=${this.#dragOver}
            @dragleave=${() => (this.isDraggedOver = false)}
            @drop=${this.#drop}
          >
            <button ?disabled=${isWorking} @click=${() => this.input.click()}>Choose a file</button>
            <span class="muted">or drop it here</span>
            <input
              type="file"
              hidden
              accept=".json,.zip,application/json,application/zip"
              aria-label="File of chats"
              @change=${this.#picked}
            />
          </div>
          <p class="muted">
            A JSON file that was exported here, or a ChatGPT export: the zip that it mails you, or the
            conversations.json in it. It is read on this device. What is here already is not doubled.
          </p>
        </section>
      </div>
    </dialog>`;
  }

  #outcome() {
    const { work } = this;
    if (work.kind === 'offered') {
      return html`<div class="outcome" role="group" aria-label="Import this file?">
        <p>Import <bdi>${work.file.name}</bdi>?</p>
        <span class="buttons">
          <button class="small" @click=${() => (this.work = { kind: 'idle' })}>Not now</button>
          <button class="small primary" @click=${() => this.#import(work.file)}>Import</button>
        </span>
      </div>`;
    }
    if (work.kind === 'working') {
      return html`<div class="outcome">
        <progress aria-label=${work.text}></progress>
        <p role="status">${work.text}</p>
      </div>`;
    }
    if (work.kind === 'imported') {
      return html`<p class="outcome" role="status" data-imported=${work.report.added}>
        ${reportText(work.report)}
      </p>`;
    }
    if (work.kind === 'failed') {
      const { code, detail } = work.fault;
      const [happened, next] = FAULTS[code];
      return html`<div class="outcome fault" role="alert" data-code=${code}>
        <p>${happened} ${next}</p>
        ${detail ? html`<p class="muted">${detail}</p>` : nothing}
      </div>`;
    }
    return nothing;
  }

  #exports(name: string, chat: ConversationSummary | undefined, isDisabled: boolean) {
    const button = (kind: ExportKind, text: string) =>
      html`<button
        class="small"
        aria-label=${`Export ${name.toLowerCase()} as ${text}`}
        ?disabled=${isDisabled}
        @click=${() => this.#export(kind, chat)}
      >
        ${icons.download} ${text}
      </button>`;
    return html`<div class="row">
      <bdi>${chat ? `${name}: ${chat.title}` : name}</bdi
      >${button('json', 'JSON')}${button('markdown', 'Markdown')}
    </div>`;
  }

  async #export(kind: ExportKind, chat: ConversationSummary | undefined) {
    await this.#do('Writing the file …', async () => {
      const blob = await this.archive.exportChats(kind, chat?.id);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = `${chat ? fileNameOf(chat.title) : 'smallfirst-chats'}.${EXTENSIONS[kind]}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      return { kind: 'idle' };
    });
  }

  async #import(file: File) {
    await this.#do('Reading the file …', async () => ({
      kind: 'imported',
      report: await this.archive.importChats(file),
    }));
  }

  async #do(text: string, work: () => Promise<Work>) {
    this.work = { kind: 'working', text };
    try {
      this.work = await work();
    } catch (error) {
      this.work = { kind: 'failed', fault: faultRecordOf(faultOf(error, 'storage_failed')) };
    }
  }

  #picked() {
    const file = this.input.files?.[0];
    // The same file may be chosen again.
    this.input.value = '';
    if (file) void this.#import(file);
  }

  #dragOver(event: DragEvent) {
    event.preventDefault();
    this.isDraggedOver = true;
  }

  #drop(event: DragEvent) {
    event.preventDefault();
    this.isDraggedOver = false;
    const file = event.dataTransfer?.files[0];
    if (file && this.work.kind !== 'working') void this.#import(file);
  }
}

function reportText({ source, added, known, updated, copied }: ImportReport): string {
  const parts = [
    `${added} ${added === 1 ? 'chat was' : 'chats were'} imported${source === 'chatgpt' ? ' from ChatGPT' : ''}.`,
    updated ? `${updated} had fewer messages here, and ${updated === 1 ? 'was' : 'were'} completed.` : '',
    copied ? `${copied} went on differently here, and ${copied === 1 ? 'was' : 'were'} put beside it.` : '',
    known ? `${known} ${known === 1 ? 'was' : 'were'} here already.` : '',
  ];
  return parts.filter(Boolean).join(' ');
}

/** Letters, digits and dashes: a title may hold anything. */
function fileNameOf(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('-').slice(0, 60) || 'chat';
}
