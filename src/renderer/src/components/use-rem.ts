import { useEffect, useState } from 'react';

/**
 * The root font size in pixels, which follows the window's width. Asked for when the window changes, not when something
 * renders: reading a computed style then makes the browser work out all styles at once.
 */
export function useRem(): number {
  const [rem, setRem] = useState(rootFontSize);
  useEffect(() => {
    const update = (): void => setRem(rootFontSize());
    window.addEventListener('resize', update);
    return () => window.removeEventListener('resize', update);
  }, []);
  return rem;
}

function rootFontSize(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}
