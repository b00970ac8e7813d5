/** Where a presigned URL writes to: never the place that is read from, so that nobody changes a file after it was checked. */
export function uploadKey(file: { readonly storageKey: string }): string {
  return `${file.storageKey}.upload`;
}

/** The one place where the content of a file lies. */
export function storageKey(organizationId: string, fileId: string): string {
  return `org/${organizationId}/${fileId}`;
}
