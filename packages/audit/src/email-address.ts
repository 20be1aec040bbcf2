/** One plain address: no name, no group, no quotes, no comment, no control character; at most 254 characters (RFC 5321 §4.5.3.1). */
export const isEmailAddress = (text: string): boolean =>
  text.length <= 254 &&
  /^[^\s@"(),:;<>[\\\]\p{Cc}]{1,64}@[^\s@"(),:;<>[\\\]\p{Cc}.]+(\.[^\s@"(),:;<>[\\\]\p{Cc}.]+)+$/u.test(text);
