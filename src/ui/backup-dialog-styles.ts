/** How `<backup-dialog>` looks beside what all dialogs share. */
import { css } from 'lit';

export const backupStyles = css`
  section {
    padding-bottom: 1.1rem;
  }
  section + section {
    padding-top: 1rem;
    border-top: 1px solid var(--sf-line);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    padding-block: 0.25rem;
  }
  .row bdi {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .row svg {
    width: 16px;
    height: 16px;
  }
  .drop {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: 0.8rem;
    margin: 0.4rem 0 0.7rem;
    padding: 1.3rem;
    border: 1.5px dashed var(--sf-line);
    border-radius: 14px;
  }
  .drop[data-over] {
    border-color: var(--sf-accent);
    background: var(--sf-accent-soft);
  }
  .outcome {
    margin: 0 0 1rem;
    padding: 0.7rem 0.9rem;
    border-radius: 12px;
    background: var(--sf-accent-soft);
    font-size: 0.93rem;
  }
  .outcome p {
    margin: 0;
  }
  .outcome.fault {
    background: var(--sf-danger-soft);
  }
  .outcome .buttons {
    margin-top: 0.5rem;
  }
  progress {
    width: 100%;
    accent-color: var(--sf-accent);
  }
`;
