import type { ImageFormatError } from '../sif/formatError';
import type { ContainerImage } from '../sif/image';

/** What a file is, or why it is no image. */
export interface OpenedImage {
  readonly image: ContainerImage | undefined;
  readonly problem: ImageFormatError | undefined;
}
