import { useEffect, useRef } from 'react';
import styles from './backdrop.module.css';

/** Few pixels, scaled up: blur and shade cost nothing per frame, unlike a filter or a layer. */
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
      context.globalAlpha = 0.55;
      context.filter = 'blur(2px) saturate(1.2)';
      // Drawn a little larger, so that the blur's edge lies outside.
      context.drawImage(image, -3, -2, WIDTH + 6, HEIGHT + 4);
      context.globalAlpha = 1;
      context.filter = 'none';
      context.fillStyle = shade(context);
      context.fillRect(0, 0, WIDTH, HEIGHT);
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

/** Dark towards the corners, so that words stand out. */
function shade(context: CanvasRenderingContext2D): CanvasGradient {
  const gradient = context.createRadialGradient(WIDTH / 2, HEIGHT * 0.45, 0, WIDTH / 2, HEIGHT * 0.45, WIDTH * 0.62);
  gradient.addColorStop(0, 'rgb(7 11 20 / 8%)');
  gradient.addColorStop(1, 'rgb(7 11 20 / 88%)');
  return gradient;
}
