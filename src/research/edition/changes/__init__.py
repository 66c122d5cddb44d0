"""What moved since the build before, the signature before and the edition before, and by which input."""
