"""Where SQL comes from: folders, files, git refs, standard input."""
