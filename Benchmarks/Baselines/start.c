/* SPDX-License-Identifier: Apache-2.0 */
/* For scale beside the host's start: opens the same database file and listens on a Unix socket, nothing else.
   Usage: start DATABASE SOCKET; ends when somebody connects and disconnects. */
#include <sqlite3.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  sqlite3 *database;
  if (sqlite3_open(argv[1], &database) != SQLITE_OK) return 1;
  if (sqlite3_exec(database, "PRAGMA journal_mode = WAL; PRAGMA user_version; SELECT count(*) FROM runs", NULL, NULL, NULL) != SQLITE_OK)
    return 1;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(argv[2]) >= sizeof address.sun_path) return 1;
  strcpy(address.sun_path, argv[2]);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) return 1;
  int s = accept(listener, NULL, NULL);
  char byte;
  while (read(s, &byte, 1) > 0) {}
  sqlite3_close(database);
  return 0;
}
