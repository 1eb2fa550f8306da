/** How the list of models looks. */
import { css } from 'lit';

export const gateStyles = css`
  .intro {
    margin: 0;
    padding: 0 1.3rem 0.8rem;
    color: var(--sf-muted);
    font-size: 0.93rem;
  }
  ul {
    margin: 0;
    padding: 0 0.7rem 0.9rem;
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 0.2rem 1rem;
    align-items: start;
    padding: 0.8rem 0.6rem;
    border-top: 1px solid var(--sf-line);
  }
  h3 {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    margin: 0;
    font-size: 1rem;
  }
  .badge {
    padding: 0 0.55rem;
    border-radius: 99px;
    background: var(--sf-accent-soft);
    color: var(--sf-accent);
    font-size: 0.76rem;
    font-weight: 600;
  }
  p {
    margin: 0.1rem 0 0;
    font-size: 0.9rem;
  }
  .facts {
    color: var(--sf-muted);
    font-size: 0.84rem;
  }
  .facts a {
    color: inherit;
  }
  .forecast::first-letter {
    text-transform: uppercase;
  }
  .passport p {
    flex: 1 1 20rem;
  }
  .buttons {
    display: flex;
    gap: 0.3rem;
  }
  .wide {
    grid-column: 1 / -1;
  }
  progress {
    display: block;
    width: 100%;
    height: 8px;
    margin-block: 0.5rem 0.2rem;
    accent-color: var(--sf-accent);
  }
  .fault {
    color: var(--sf-danger);
    font-size: 0.9rem;
  }
  .ask {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 0.6rem;
    margin-top: 0.5rem;
    padding: 0.7rem 0.8rem;
    border-radius: 12px;
    background: var(--sf-surface-2);
  }
  .ask p {
    flex: 1 1 100%;
    margin: 0;
  }
  .room {
    display: flex;
    flex: 1 1 100%;
    flex-wrap: wrap;
    gap: 0.4rem;
  }
  .own {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.6rem;
    padding: 0.7rem 1.3rem;
    border-top: 1px solid var(--sf-line);
  }
  .own p {
    margin: 0;
  }
  .total {
    margin: 0;
    padding: 0.7rem 1.3rem 1.1rem;
    border-top: 1px solid var(--sf-line);
    color: var(--sf-muted);
    font-size: 0.86rem;
  }
`;
