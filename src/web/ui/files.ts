/** Files to and from the visitor's computer. */

export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has its own hold on the content once the click is through.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The file's bytes as base64. */
export function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(new Error('the file could not be read: choose it again'));
    reader.readAsDataURL(file);
  });
}
