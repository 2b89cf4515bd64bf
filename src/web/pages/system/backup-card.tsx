import { ApiError, download } from '../../api.ts';
import { useSession } from '../../session.ts';
import { saveFile } from '../../ui/files.ts';
import { TextField } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { useForm } from '../../ui/use-form.ts';

const EMPTY = { passphrase: '', again: '' };

export function BackupCard() {
  const { hostName = '' } = useSession() ?? {};
  const form = useForm(EMPTY);
  const { values, errors, set } = form;
  const save = async ({ passphrase, again }: typeof values) => {
    if (passphrase !== again)
      throw new ApiError({ errors: [{ field: 'again', message: 'is not the same: type it again' }] });
    const day = new Date().toISOString().slice(0, 10);
    saveFile(
      await download('POST', '/backup', { passphrase }),
      `${hostName || 'timeball'}-${day}.timeball-backup`,
    );
    form.replace(EMPTY);
  };
  return (
    <Card title="Backup" note="settings, keys, users and certificate in one encrypted file">
      <InlineForm form={form} action="Download a backup" said="Downloaded" save={save}>
        <TextField
          label="Passphrase"
          help="Without it the file is of no use to anybody, you included."
          type="password"
          autoComplete="new-password"
          value={values.passphrase}
          error={errors['passphrase']}
          required
          onChange={(value) => set('passphrase', value)}
        />
        <TextField
          label="Passphrase again"
          type="password"
          autoComplete="new-password"
          value={values.again}
          error={errors['again']}
          required
          onChange={(value) => set('again', value)}
        />
      </InlineForm>
    </Card>
  );
}
