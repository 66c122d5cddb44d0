"""A Jupyter kernel provisioner whose kernels are forked from a warm parent.

It is named in the kernelspec `research-warm`; so papermill, nbclient, nbval, nbconvert and JupyterLab can use
the warm kernels without knowing of them. Where a fork cannot be had, the kernel starts as any other does.
"""

from __future__ import annotations

import asyncio
import os
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from research.runs.warm import ForkedKernel, WarmError, fork_kernel, supported

NAME = "research-warm"


class WarmProvisioner(LocalProvisioner):
    """Local kernels, forked; everything after the launch is as with any local kernel."""

    async def launch_kernel(self, cmd: Any, **kwargs: Any) -> Any:
        """Fork a kernel for the command line `python -m ipykernel_launcher ARGUMENTS`, or start it plainly."""
        arguments = _kernel_arguments(cmd)
        if arguments is None or not supported():
            return await super().launch_kernel(cmd, **kwargs)
        env, cwd = kwargs.get("env") or os.environ, kwargs.get("cwd") or os.getcwd()
        try:
            process = await asyncio.get_running_loop().run_in_executor(
                None, fork_kernel, arguments, {**env, "JPY_PARENT_PID": str(os.getpid())}, cwd
            )
        except WarmError as error:
            self.log.warning("%s; the kernel starts plainly", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process  # type: ignore[assignment]  # stands in for a process that was started
        self.pid = self.pgid = process.pid
        self.cwd = cwd
        return self.connection_info

    async def wait(self) -> Any:
        """Wait for the end, without the tenth of a second that a started process costs."""
        while isinstance(self.process, ForkedKernel) and await self.poll() is None:
            await asyncio.sleep(0.002)
        return await super().wait()


def _kernel_arguments(cmd):
    """What follows `-m ipykernel_launcher`; None for another program, which cannot be forked."""
    words = [str(word) for word in cmd]
    return words[words.index("ipykernel_launcher") + 1 :] if "ipykernel_launcher" in words[:4] else None


def warm_spec() -> KernelSpec:
    """The kernelspec of warm kernels, whether or not it is installed."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners.setdefault(
        NAME, EntryPoint(NAME, "research.runs.provisioner:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME)
    )
    return KernelSpec.from_resource_dir(str(Path(__file__).parent / "kernelspec"))


def install_kernelspec(prefix: Any = None) -> Any:
    """Install the kernelspec `research-warm` so that JupyterLab lists "Python (research, warm)".

    Parameters
    ----------
    prefix : str, optional
        Default: this Python's own prefix.

    Returns
    -------
    str
        The folder it stands in.
    """
    import sys

    from jupyter_client.kernelspec import KernelSpecManager

    return KernelSpecManager().install_kernel_spec(
        str(Path(__file__).parent / "kernelspec"), kernel_name=NAME, prefix=prefix or sys.prefix
    )
