/** Brings the keyboard and the view to the first field that says it is filled in wrongly, once the form says so. */
export const focusFirstWrong = (form: HTMLElement): void => {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
};
