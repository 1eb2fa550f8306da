/** How `<chat-page>` is laid out: two columns, or one with a drawer on a narrow screen. */
import { css } from 'lit';

export const pageStyles = css`
  :host {
    position: fixed;
    inset: 0;
    display: grid;
    grid-template: minmax(0, 1fr) / 17.5rem minmax(0, 1fr);
    background: var(--sf-bg);
  }
  .skip {
    position: absolute;
    top: -4rem;
    left: 1rem;
    z-index: 9;
    padding: 0.5rem 1rem;
    border-radius: 8px;
    background: var(--sf-accent);
    color: var(--sf-on-accent);
  }
  .skip:focus {
    top: 0.5rem;
  }
  nav {
    display: flex;
    flex-direction: column;
    min-height: 0;
    padding: 0.8rem;
    border-inline-end: 1px solid var(--sf-line);
    background: var(--sf-surface);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    min-height: 2.5rem;
    margin: 0 0.3rem 0.8rem;
    font-weight: 700;
    font-size: 1.1rem;
    letter-spacing: -0.01em;
  }
  .brand button {
    margin-inline-start: auto;
  }
  .tools {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 0.4rem;
  }
  .tools:last-child {
    padding-top: 0.5rem;
  }
  .tools .new {
    flex: 1;
  }
  chat-list {
    flex: 1;
    min-height: 0;
    margin-inline: -0.4rem;
    overflow-y: auto;
  }
  main {
    position: relative;
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    padding: 0.7rem 1rem;
  }
  h1 {
    flex: 1;
    min-width: 0;
    margin: 0;
    overflow: hidden;
    font-size: 1rem;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .menu {
    display: none;
  }
  .offline {
    display: inline-flex;
    align-items: center;
    gap: 0.35rem;
    color: var(--sf-muted);
    font-size: 0.88rem;
  }
  .model {
    max-width: 55vw;
    border-radius: 99px;
    font-size: 0.9rem;
  }
  .model span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .model svg {
    width: 16px;
    height: 16px;
    color: var(--sf-muted);
  }
  .model i {
    width: 9px;
    height: 9px;
    flex: none;
    border-radius: 50%;
    background: var(--sf-muted);
  }
  .model[data-state='ready'] i {
    background: var(--sf-accent);
  }
  .model[data-state='failed'] i {
    background: var(--sf-danger);
  }
  .model:is([data-state='fetching'], [data-state='starting']) i {
    border: 2px solid var(--sf-accent);
    border-block-start-color: transparent;
    background: none;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  .banner {
    display: flex;
    align-items: center;
    gap: 0.7rem;
    margin: 0 1rem 0.5rem;
    padding: 0.5rem 0.9rem;
    border-radius: 12px;
    background: var(--sf-danger-soft);
    font-size: 0.93rem;
  }
  .banner svg {
    color: var(--sf-danger);
  }
  .banner.update {
    background: var(--sf-accent-soft);
  }
  .banner p {
    flex: 1;
    margin: 0;
  }
  smallfirst-chat-thread {
    flex: 1;
  }
  .foot {
    width: 100%;
    max-width: 48rem;
    margin-inline: auto;
    padding: 0 1rem max(0.6rem, env(safe-area-inset-bottom));
  }
  .foot p {
    margin: 0.45rem 0 0;
    color: var(--sf-muted);
    font-size: 0.8rem;
    text-align: center;
  }
  .toast {
    position: absolute;
    bottom: 6.5rem;
    left: 50%;
    display: flex;
    align-items: center;
    gap: 0.9rem;
    width: max-content;
    max-width: calc(100% - 2rem);
    padding: 0.45rem 0.5rem 0.45rem 1rem;
    translate: -50%;
    border-radius: 12px;
    background: var(--sf-text);
    color: var(--sf-bg);
    box-shadow: var(--sf-shadow);
  }
  .toast span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .toast button {
    color: var(--sf-text);
  }
  @media (max-width: 52rem) {
    :host {
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    }
    .menu {
      display: inline-flex;
    }
    nav {
      position: fixed;
      inset-block: 0;
      inset-inline-start: 0;
      z-index: 3;
      width: min(20rem, 86vw);
      visibility: hidden;
      translate: -100%;
      transition:
        translate 0.18s ease-out,
        visibility 0.18s;
    }
    nav:dir(rtl) {
      translate: 100%;
    }
    nav[data-open] {
      visibility: visible;
      translate: 0;
      transition: translate 0.18s ease-out;
      box-shadow: var(--sf-shadow);
    }
    .scrim {
      position: fixed;
      inset: 0;
      z-index: 2;
      background: #0006;
    }
    header {
      padding: 0.4rem 0.6rem;
    }
    .foot {
      padding-inline: 0.7rem;
    }
  }
  /* Installed on a desktop, the page draws its own title bar around the window's buttons. */
  @media (display-mode: window-controls-overlay) {
    .brand,
    header {
      min-height: env(titlebar-area-height, 2.5rem);
      -webkit-app-region: drag;
      app-region: drag;
    }
    .brand button,
    header button {
      -webkit-app-region: no-drag;
      app-region: no-drag;
    }
    .brand {
      padding-left: env(titlebar-area-x, 0);
    }
    header {
      padding-right: calc(100vw - env(titlebar-area-x, 0px) - env(titlebar-area-width, 100vw) + 1rem);
    }
  }
  @media (display-mode: window-controls-overlay) and (max-width: 52rem) {
    header {
      padding-left: calc(env(titlebar-area-x, 0px) + 0.6rem);
    }
  }
`;
