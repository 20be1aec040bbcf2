/** Words around a document that is shown. */
export const previewTexts = {
  view: "View",
  viewOf: (name: string) => `View ${name}`,
  recorded: "Showing it is recorded as a download under your name.",
  fetching: "Fetching the file…",
  page: (name: string) => `${name}, shown`,
  same: "This is the file that was uploaded: the server compared it, and its SHA-256 was computed again here.",
  serverSame: "This is the file that was uploaded: the server compared it before it sent it.",
  differs: "What arrived is not the file that was uploaded: its SHA-256 differs. Do not decide by it.",
  hash: "SHA-256",
  notShown: "This browser does not show such files inside a page. Download it to look at it.",
  broken: "The browser could not show this file. Download it to look at it.",
  download: "Download what is shown",
};
