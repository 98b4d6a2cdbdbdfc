// Cookies that scripts may read: the public pages are the same for everyone.
export const cookie = (name) => {
  const pair = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
};
