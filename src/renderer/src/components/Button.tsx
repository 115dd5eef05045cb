import type { ButtonHTMLAttributes, Ref } from 'react';
import styles from './Button.module.css';
import { classNames } from './class-names.js';
import { Icon, type IconName } from './Icon.js';

interface Shared extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> {
  readonly ref?: Ref<HTMLButtonElement>;
}

export interface ButtonProps extends Shared {
  /** `primary`: the one thing to do here. `quiet`: among text. Default `plain`. */
  readonly tone?: 'plain' | 'primary' | 'quiet' | 'danger';
  readonly icon?: IconName;
}

export function Button({ tone = 'plain', icon, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classNames(styles.button, styles[tone])} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Shared {
  readonly icon: IconName;
  /** What it does, for the tooltip and the screen reader. */
  readonly label: string;
}

export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={classNames(styles.button, styles.quiet, styles.iconOnly)}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
