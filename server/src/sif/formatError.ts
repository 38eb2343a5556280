/**
 * A file is not what it claims to be, or asks for more than its bytes can hold. `message` is for people; `reference` is what the
 * engines' library says in the same place (sif `pkg/sif/load.go`), where it says something.
 */
export class ImageFormatError extends Error {
  constructor(
    message: string,
    readonly reference?: string,
  ) {
    super(message);
    this.name = 'ImageFormatError';
  }
}
