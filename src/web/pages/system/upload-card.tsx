/** Brings a bundle to the appliance. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { UploadedBundle } from '../../../api/update-controls.ts';
import { ApiError } from '../../api.ts';
import { Buttons, Field, FormError } from '../../ui/form.tsx';
import { Card } from '../../ui/layout.tsx';
import { STOPPED, type Upload, upload } from '../../upload.ts';
import { bytes } from './about-card.tsx';

export interface UploadCardProps {
  /** Bytes. */
  readonly largest: number;
  /** Somebody else's is coming in. */
  readonly elsewhere: boolean;
  readonly onDone: () => void;
}

export function UploadCard({ largest, elsewhere, onDone }: UploadCardProps) {
  const [file, setFile] = useState<File>();
  const [share, setShare] = useState<number>();
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState('');
  const running = useRef<Upload<UploadedBundle> | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => () => running.current?.stop(), []);
  const flaw = file && file.size > largest ? `is larger than a bundle may be, ${bytes(largest)}` : '';
  const begin = async () => {
    if (!file || flaw !== '') return;
    setProblem('');
    setSaid('');
    setShare(0);
    running.current = upload<UploadedBundle>('/system/update/bundle', file, setShare);
    try {
      const { version } = await running.current.done;
      setSaid(`Version ${version} lies ready.`);
    } catch (error) {
      const { title, detail } = error instanceof ApiError ? error : new ApiError({ detail: String(error) });
      if (title === STOPPED) setSaid('Stopped; nothing was kept of it.');
      else setProblem(detail);
    } finally {
      running.current = undefined;
      setShare(undefined);
      // A file that was changed meanwhile is another one, which browsers only notice when it is chosen anew.
      setFile(undefined);
      if (input.current) input.current.value = '';
      onDone();
    }
  };
  return (
    <Card title="Upload a new version" note="a signed file, timeball-VERSION-arm64.update">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <Field
          label="Update file"
          error={flaw}
          input={(links) => (
            <input
              {...links}
              ref={input}
              type="file"
              required
              disabled={share !== undefined}
              onChange={(event) => {
                setFile(event.currentTarget.files?.[0]);
                setProblem('');
                setSaid('');
              }}
            />
          )}
        />
        <FormError text={problem} />
        {share !== undefined && <Sending share={share} />}
        <Buttons>
          {share === undefined ? (
            <button type="submit" class="primary" disabled={elsewhere || flaw !== ''}>
              Upload and check
            </button>
          ) : (
            <button type="button" onClick={() => running.current?.stop()}>
              Stop
            </button>
          )}
          <span role="status">{elsewhere && share === undefined ? 'Another one is coming in.' : said}</span>
        </Buttons>
      </form>
    </Card>
  );
}

function Sending({ share }: { readonly share: number }) {
  const id = useId();
  const percent = Math.floor(share * 100);
  return (
    <div class="field">
      <label for={id}>{percent < 100 ? `Sending: ${percent} %` : 'Being checked…'}</label>
      <progress id={id} max={100} value={percent} />
    </div>
  );
}
