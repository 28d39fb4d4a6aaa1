#include "crawler/cli/commands.h"

int main(int argc, char** argv) {
  return crawld::cli::run(crawld::cli::Arguments(argv + 1, argv + argc));
}
