// An ext3 image as the engines recognise it (apptainer pkg/image/ext3.go).

/** Bytes from the start of the file system that tell whether it is ext3. */
export const ext3HeaderLength = 1024 + 104;

/** Whether `bytes`, the start of a file system, are an ext3 the engines take: magic, journal, and no feature they do not know. */
export function isExt3(bytes: Uint8Array): boolean {
  if (bytes.length < ext3HeaderLength) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const compatible = view.getUint32(1024 + 92, true);
  const incompatible = view.getUint32(1024 + 96, true);
  const readOnly = view.getUint32(1024 + 100, true);
  return (
    view.getUint16(1024 + 56, true) === 0xef53 &&
    (compatible & 0x4) !== 0 &&
    (incompatible & ~(0x2 | 0x4 | 0x10)) === 0 &&
    (readOnly & ~(0x1 | 0x2 | 0x4)) === 0
  );
}
