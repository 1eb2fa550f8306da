/** Works sums out digit by digit, as the hidden scratch that the model learns to write before its answer. */

export interface WorkedSum {
  readonly scratch: string;
  readonly result: number;
}

/** `347+288;7+8=5,1;4+8+1=3,1;3+2+1=6,0;`, from the units up; a carry of 0 is not added. */
export function workAddition(first: number, second: number): WorkedSum {
  let carry = 0;
  let scratch = `${first}+${second};`;
  for (let place = 0; place < Math.max(countDigits(first), countDigits(second)); place++) {
    const [upper, lower] = [digitAt(first, place), digitAt(second, place)];
    const sum = upper + lower + carry;
    scratch += `${upper}+${lower}${carry ? `+${carry}` : ''}=${sum % 10},${Math.floor(sum / 10)};`;
    carry = Math.floor(sum / 10);
  }
  return { scratch, result: first + second };
}

/** `347-288;7-8=9,1;4-8-1=5,1;3-2-1=0,0;`; a sum below zero is marked by `-;` and then worked out the other way round. */
export function workSubtraction(first: number, second: number): WorkedSum {
  if (first < second) {
    const swapped = workSubtraction(second, first);
    return { scratch: `${first}-${second};-;${swapped.scratch}`, result: first - second };
  }
  let borrow = 0;
  let scratch = `${first}-${second};`;
  for (let place = 0; place < countDigits(first); place++) {
    const [upper, lower] = [digitAt(first, place), digitAt(second, place)];
    const difference = upper - lower - borrow;
    const digit = (difference + 10) % 10;
    scratch += `${upper}-${lower}${borrow ? `-${borrow}` : ''}=${digit},${difference < 0 ? 1 : 0};`;
    borrow = difference < 0 ? 1 : 0;
  }
  return { scratch, result: first - second };
}

/** `347*8;7*8=6,5;4*8+5=7,3;3*8+3=7,2;`, the longer number first; by 10 or 100 just `45*10;450;`. */
export function workMultiplication(first: number, second: number): WorkedSum {
  const isSwapped = countDigits(first) < countDigits(second);
  const [number, factor] = isSwapped ? [second, first] : [first, second];
  if (factor < 10) return multiplyByDigit(number, factor);
  const [other, power] = second === 10 || second === 100 ? [first, second] : [second, first];
  if (power !== 10 && power !== 100) throw new RangeError(`No steps are known for ${first} * ${second}.`);
  return { scratch: `${other}*${power};${other * power};`, result: other * power };
}

/**
 * `350,20;…;70;`, where the comma (not `*`) tells it from a multiplication by 10 or 100. 10 and 1 drop zeros, 20 doubles and
 * drops one, 50 halves from the left (`15=7,1` is 15 : 2), 5 drops a zero and halves, 25 halves twice, 75 triples a quarter.
 */
export function workPercentage(percentage: number, number: number): WorkedSum {
  const result = (percentage * number) / 100;
  if (!Number.isInteger(result)) throw new RangeError(`${percentage}% of ${number} is not whole.`);
  return { scratch: `${number},${percentage};${percentSteps(percentage, number)}${result};`, result };
}

function percentSteps(percentage: number, number: number): string {
  switch (percentage) {
    case 20:
      return multiplyByDigit(number, 2).scratch;
    case 50:
      return halveFromLeft(number);
    case 5:
      return `${number / 10};${halveFromLeft(number / 10)}`;
    case 25:
      return `${halveFromLeft(number)}${number / 2};${halveFromLeft(number / 2)}`;
    case 75:
      return `${percentSteps(25, number)}${number / 4};${multiplyByDigit(number / 4, 3).scratch}`;
    default:
      return '';
  }
}

function multiplyByDigit(number: number, digit: number): WorkedSum {
  let carry = 0;
  let scratch = `${number}*${digit};`;
  for (let place = 0; place < countDigits(number); place++) {
    const upper = digitAt(number, place);
    const product = upper * digit + carry;
    scratch += `${upper}*${digit}${carry ? `+${carry}` : ''}=${product % 10},${Math.floor(product / 10)};`;
    carry = Math.floor(product / 10);
  }
  return { scratch, result: number * digit };
}

function halveFromLeft(number: number): string {
  let rest = 0;
  let steps = '';
  for (let place = countDigits(number) - 1; place >= 0; place--) {
    const part = rest * 10 + digitAt(number, place);
    steps += `${part}=${Math.floor(part / 2)},${part % 2};`;
    rest = part % 2;
  }
  return steps;
}

function countDigits(number: number): number {
  return String(number).length;
}

/** Place 0 is the units; a missing digit is 0. */
function digitAt(number: number, place: number): number {
  return Math.floor(number / 10 ** place) % 10;
}
