import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** A note on unfinished work must say where the work is tracked, or nobody will ever come back to it. */
const todoNeedsIssue = {
  meta: { type: 'suggestion', schema: [], messages: { bare: 'TODO needs an issue, such as "TODO #12".' } },
  create: (context) => ({
    Program: () => {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/\b(TODO|FIXME|XXX)\b(?!.*#\d+)/.test(comment.value)) context.report({ loc: comment.loc, messageId: 'bare' });
      }
    },
  }),
};

const banned = {
  defaultExport: { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that a thing has one name everywhere.' },
  enum: { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
  constructorParams: {
    selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>6]',
    message: 'More than six dependencies: split the class.',
  },
  params: {
    selector:
      ':matches(FunctionDeclaration, ArrowFunctionExpression, :not(MethodDefinition[kind="constructor"]) > FunctionExpression)[params.length>4]',
    message: 'More than four parameters: pass an object.',
  },
  env: {
    selector: 'MemberExpression[object.name="process"][property.name="env"], MemberExpression[object.name="process"][property.value="env"]',
    message: 'Only src/platform/config reads the environment: inject Settings.',
  },
  envByDestructuring: {
    selector: 'VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name="env"]',
    message: 'Only src/platform/config reads the environment: inject Settings.',
  },
  newDate: {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Inject Clock, so that tests can set the time.',
  },
  dateNow: {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'Inject Clock, so that tests can set the time.',
  },
};

const shape = [banned.defaultExport, banned.enum, banned.constructorParams, banned.params];
const environment = [banned.env, banned.envByDestructuring];
const time = [banned.newDate, banned.dateNow];

const noCycles = {
  name: '@nestjs/core',
  importNames: ['ModuleRef'],
  message: 'Dependencies are declared in the constructor.',
};
const noForwardRef = {
  name: '@nestjs/common',
  importNames: ['forwardRef'],
  message: 'Modules have no cycles: move what both need, or publish an event.',
};
const noTransformer = { name: 'class-transformer', message: 'Fastify serializes what the response shape declares.' };
const database = 'Only src/platform/database opens the database: take a Tx.';
const noDatabase = [
  {
    name: 'typeorm',
    importNames: ['DataSource', 'Repository', 'EntityManager', 'QueryRunner', 'getRepository', 'createConnection'],
    message: database,
  },
  { name: '@nestjs/typeorm', importNames: ['InjectRepository', 'InjectDataSource', 'InjectEntityManager'], message: database },
];

const bans = (paths, patterns = []) => ['error', { paths: [noCycles, noForwardRef, noTransformer, ...paths], patterns }];

export default defineConfig(
  // The client's scenario is compiled against what is generated, with settings of its own.
  { ignores: ['dist/', 'coverage/', '.data/', '.cache/', 'test/client/generated/', 'test/client/board-scenario.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'concord/typescript',
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { concord: { rules: { 'todo-needs-issue': todoNeedsIssue } } },
    languageOptions: {
      parserOptions: {
        // tsconfig.json leaves the tests out, and the service only looks for that name: so the files are given a program by hand.
        project: ['tsconfig.test.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-control-regex': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unreachable-loop': 'error',
      'no-restricted-imports': bans(noDatabase, [{ group: ['typeorm/*'], message: database }]),
      'no-restricted-syntax': ['error', ...shape, ...environment, ...time],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'concord/todo-needs-issue': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // Leaves files with decorators alone: there an import is also what the container reads.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // The compiler says this, and better (a leading underscore is not needed).
      '@typescript-eslint/no-unused-vars': 'off',
      // A method may be async for its interface only.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    name: 'concord/database',
    files: ['src/platform/database/**', 'migrations/**'],
    rules: { 'no-restricted-imports': bans([]) },
  },
  {
    name: 'concord/config',
    files: ['src/platform/config/**'],
    rules: { 'no-restricted-syntax': ['error', ...shape, ...time] },
  },
  {
    name: 'concord/time',
    files: ['src/platform/clock/**', 'src/platform/runtime/**', 'src/platform/telemetry/**', 'src/shared/ids.ts', 'bench/**'],
    rules: { 'no-restricted-syntax': ['error', ...shape, ...environment] },
  },
  { name: 'concord/wiring', files: ['**/*.module.ts'], rules: { 'max-lines-per-function': 'off' } },
  { name: 'concord/terminal', files: ['src/serve.ts', 'src/cli/**', 'bench/**'], rules: { 'no-console': 'off' } },
  {
    name: 'concord/tests',
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': 'off',
      'no-console': 'off',
      'no-template-curly-in-string': 'off',
      'no-restricted-imports': bans([]),
      'no-restricted-syntax': ['error', banned.defaultExport, banned.enum],
      // Answers of the server are looked at, not computed with.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    name: 'concord/scripts',
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    plugins: { concord: { rules: { 'todo-needs-issue': todoNeedsIssue } } },
    languageOptions: { sourceType: 'module' },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': 'error',
      'no-self-compare': 'error',
      'no-restricted-syntax': ['error', banned.params],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'concord/todo-needs-issue': 'error',
    },
  },
  { name: 'concord/commonjs', files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
);
