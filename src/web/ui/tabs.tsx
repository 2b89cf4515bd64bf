/** Parts of a page of which one is seen: arrow keys go from tab to tab. */
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { targetOf } from './tab-keys.ts';
import './tabs.css';

export interface Tab {
  readonly key: string;
  readonly title: string;
  readonly content: () => ComponentChildren;
}

export interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly onChoose: (key: string) => void;
}

export function Tabs({ label, tabs, chosen, onChoose }: TabsProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const at = Math.max(
    0,
    tabs.findIndex(({ key }) => key === chosen),
  );
  const tab = tabs[at];
  const move = (event: KeyboardEvent) => {
    const next = targetOf(event.key, at, tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    onChoose(tabs[next]?.key ?? '');
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label={label} class="tabs" ref={list}>
        {tabs.map(({ key, title }, i) => (
          <button
            key={key}
            type="button"
            role="tab"
            id={`${id}-tab-${key}`}
            aria-selected={i === at}
            aria-controls={`${id}-panel`}
            tabIndex={i === at ? 0 : -1}
            onClick={() => onChoose(key)}
            onKeyDown={move}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${tab?.key}`} key={tab?.key}>
        {tab?.content()}
      </div>
    </>
  );
}
