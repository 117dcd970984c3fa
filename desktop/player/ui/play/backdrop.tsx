import { useEffect, useRef } from 'react';
import styles from './backdrop.module.css';

/** Few pixels, scaled up: a blur that costs nothing per frame, unlike a filter. */
const WIDTH = 48;
const HEIGHT = 27;

/** The cover, blurred and dimmed, behind a page. */
export function Backdrop({ coverUrl }: { coverUrl: string | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    if (coverUrl === undefined) return;
    const image = new Image();
    image.onload = () => {
      const context = canvas.current?.getContext('2d');
      if (!context) return;
      context.filter = 'blur(2px) saturate(1.2)';
      // Drawn a little larger, so that the blur's edge lies outside.
      context.drawImage(image, -3, -2, WIDTH + 6, HEIGHT + 4);
      canvas.current?.setAttribute('data-drawn', '');
    };
    image.src = coverUrl;
    return () => {
      image.onload = null;
    };
  }, [coverUrl]);

  return (
    <div className={styles.backdrop} aria-hidden>
      <canvas ref={canvas} width={WIDTH} height={HEIGHT} />
    </div>
  );
}
