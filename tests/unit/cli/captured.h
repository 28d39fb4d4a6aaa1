// What a function writes to standard output.
#pragma once

#include <stdio.h>
#include <unistd.h>

#include <string>

namespace crawld::cli {

template <class Write>
std::string captured(Write write) {
  fflush(stdout);
  const int kept = dup(STDOUT_FILENO);
  FILE* file = tmpfile();
  dup2(fileno(file), STDOUT_FILENO);
  write();
  fflush(stdout);
  dup2(kept, STDOUT_FILENO);
  close(kept);
  std::string text;
  rewind(file);
  for (int c = fgetc(file); c != EOF; c = fgetc(file)) text += static_cast<char>(c);
  fclose(file);
  return text;
}

}  // namespace crawld::cli
