import { Check, Copy } from 'lucide-react';
import { type ComponentProps, useEffect, useState } from 'react';
import { Button, type ButtonKind } from './button.tsx';

interface CopyButtonProps extends Omit<ComponentProps<'button'>, 'onClick' | 'children'> {
  /** On an installable title's card: the title's id, by which arrow keys find it. */
  'data-card'?: string;
  /** What to copy; a function is asked at the click. */
  text: string | (() => string);
  label: string;
  kind?: ButtonKind;
  iconOnly?: boolean;
}

/** Copies text and says so. */
export function CopyButton({ text, label, kind = 'plain', iconOnly = false, ...rest }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const said = copied ? 'Copied' : label;
  return (
    <Button
      {...rest}
      kind={kind}
      aria-label={iconOnly ? said : undefined}
      title={iconOnly ? said : undefined}
      onClick={() => void copyText(typeof text === 'string' ? text : text()).then(setCopied)}
    >
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      {iconOnly ? undefined : said}
    </Button>
  );
}

/** Whether the text reached the clipboard. On an insecure origin only the older way works. */
async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = Object.assign(document.createElement('textarea'), { value: text, className: 'unseen' });
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
