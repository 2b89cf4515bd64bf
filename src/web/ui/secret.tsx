/** A secret that is shown once. */
import { useRef, useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { Buttons } from './form.tsx';

export interface SecretProps {
  readonly title: string;
  /** What to do with it, and that it won't be shown again. */
  readonly text: string;
  readonly secret: string;
  readonly onClose: () => void;
}

export function SecretDialog({ title, text, secret, onClose }: SecretProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <Copyable text={secret} />
      <Buttons>
        <button type="button" class="primary" onClick={onClose}>
          I have kept it
        </button>
      </Buttons>
    </Dialog>
  );
}

/** Text with a button that copies it. */
export function Copyable({ text }: { readonly text: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [said, setSaid] = useState('');
  return (
    <div class="copyable">
      <textarea
        ref={field}
        class="mono"
        readOnly
        rows={Math.ceil(text.length / 40)}
        aria-label="Secret"
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button
        type="button"
        onClick={async () => setSaid((await copy(text, field.current)) ? 'Copied' : 'Press Ctrl+C')}
      >
        Copy
      </button>
      <span role="status">{said}</span>
    </div>
  );
}

/** Over plain HTTP browsers have no `navigator.clipboard`; the old command still works on a selection there. */
async function copy(text: string, field: HTMLTextAreaElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field?.focus();
    field?.select();
    return document.execCommand('copy');
  }
}
