interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where a picture of `picture`'s proportions lies within `element` under `object-fit: contain`, in the element's pixels. */
export function pictureBox(element: Box, picture: { width: number; height: number }): Box {
  const scale = Math.min(element.width / picture.width, element.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return {
    left: element.left + (element.width - width) / 2,
    top: element.top + (element.height - height) / 2,
    width,
    height,
  };
}

/** A point of the page → its place on the display, each axis 0…65535; points on the bars count as the nearest edge. */
export function placeOnDisplay(
  point: { x: number; y: number },
  element: Box,
  picture: { width: number; height: number },
): { x: number; y: number } {
  const box = pictureBox(element, picture);
  return { x: axis(point.x - box.left, box.width), y: axis(point.y - box.top, box.height) };
}

function axis(offset: number, length: number): number {
  return length > 0 ? Math.round(Math.min(1, Math.max(0, offset / length)) * 65_535) : 0;
}
