/** `backo completion` on the command line. The scripts are made of the table of commands, when they are asked for. */
import type { Command } from 'commander'
import { Argument, Option } from 'commander'
import type { Terminal } from './terminal.ts'

export function addCompletion(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  program
    .command('completion')
    .description('print what makes a shell complete this command: source <(backo completion bash)')
    .addArgument(new Argument('<shell>', 'which one').choices(['bash', 'zsh', 'fish']))
    // what the scripts ask
    .addOption(new Option('--collections [file]', 'the names of collections instead').hideHelp())
    .addHelpText(
      'after',
      [
        '',
        'bash  source <(backo completion bash)          in ~/.bashrc',
        'zsh   source <(backo completion zsh)           in ~/.zshrc, after compinit',
        'fish  backo completion fish > ~/.config/fish/completions/backo.fish',
      ].join('\n'),
    )
    .action(async (shell: string, { collections }: { readonly collections?: string | true }) => {
      const { completion } = await import('./completion/completion.ts')
      done(await completion(terminal, program, { shell, collections }))
    })
}
