import { defineWords } from '../../../platform/words/words.js';

defineWords('evidence', {
  title: ['계약 증빙 자료', 'Evidence of the contract'],
  lead: [
    '이 계약에 대하여 기록된 일을 순서대로 모두 적었습니다. 각 줄은 공개 로그에 그 번호로 올라 있어, 나중에 고치거나 지우면 드러납니다.',
    'All that is on record about this contract, in its order. Each line stands in the public log under its number: whoever alters it or takes it out later is found.',
  ],
  taken: ['{at} 기준', 'As of {at}'],
  index: ['로그 번호', 'In the log'],
  details: ['내용', 'Details'],
  'not-yet': ['올리는 중', 'not yet'],
  more: ['이 밖에 {count}줄이 파일에 있습니다.', '{count} more lines are in the file.'],
  check: ['직접 확인하기', 'How to check it'],
  checkHow: [
    '파일로 내려받으면 각 줄의 증명이 들어 있습니다. 이 서비스 없이 아래 명령으로 확인합니다. 확인 프로그램은 서비스의 소스에 있고, 열쇠는 /log/policy에 공개되어 있습니다.',
    'The file holds the proof of each line. Without this service, the command below checks it; the program lies in the service’s sources, and the keys are public at /log/policy.',
  ],
  download: ['파일로 내려받기', 'Download the file'],
  open: ['전화번호까지 내려받기', 'Download with the numbers'],
  openWhy: [
    '전화번호가 가려지지 않은 채로 들어갑니다. 누가 왜 내려받았는지 기록에 남습니다.',
    'The file then shows the numbers in full. Who took it, and why, is written down.',
  ],
  'template-version-added': ['문안', 'Template'],
  'setting-version-added': ['알림 계획표', 'Plan of milestones'],
  'flag-assigned': ['표시를 맡김', 'Flag assigned'],
  'flag-noted': ['표시에 메모', 'Flag noted'],
  'flag-closed': ['표시를 닫음', 'Flag closed'],
  message: ['문자', 'Text'],
  flag: ['표시', 'Flag'],
  plan: ['알림 계획', 'Plan of the alerts'],
  contact: ['연락처', 'Contact'],
  alert: ['알림', 'Alert'],
  receipt: ['통신사 회신', 'Report of the carrier'],
  proposal: ['승인 요청', 'Proposal'],
  template_version: ['문안', 'Template'],
  setting: ['알림 계획표', 'Plan of milestones'],
});
