/** Dialogs: the browser's own modal one keeps the focus inside, closes at Escape and gives the focus back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Buttons, FormError, TextField } from './form.tsx';
import { useForm } from './use-form.ts';
import './dialog.css';

export interface DialogProps {
  readonly title: string;
  /** Escape, and whatever the page offers. The owner takes the dialog away. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
}

export function Dialog({ title, onClose, children, wide }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  /** What the button says: the deed, never "OK". */
  readonly action: string;
  /** What must be typed before the deed is offered. */
  readonly typed?: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before a step that can't be taken back. Closes itself when the step went through, else says why not. */
export function Confirm({ title, children, action, typed, onConfirm, onClose }: ConfirmProps) {
  const form = useForm({ word: '' });
  const ready = typed === undefined || form.values.word.trim() === typed;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (ready && (await form.submit(onConfirm))) onClose();
        }}
      >
        {children}
        {typed !== undefined && (
          <TextField
            label={`Type ${typed} to go on`}
            value={form.values.word}
            onChange={(word) => form.set('word', word)}
          />
        )}
        <FormError text={form.general} />
        <Buttons>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="danger" disabled={!ready || form.busy}>
            {action}
          </button>
        </Buttons>
      </form>
    </Dialog>
  );
}
