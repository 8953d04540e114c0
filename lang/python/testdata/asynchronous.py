# asyncio without threads, sockets and signals.
import asyncio
import contextlib
import time


async def work(name, seconds):
    await asyncio.sleep(seconds)
    print("done", name)
    return name


async def failing():
    await asyncio.sleep(0.001)
    raise ValueError("failed")


async def numbers(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i


async def main():
    print(await asyncio.gather(work("slow", 0.03), work("quick", 0.001), work("middle", 0.015)))
    print(await asyncio.gather(failing(), work("other", 0.002), return_exceptions=True))
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)
    except TimeoutError as error:
        print("timed out", type(error).__name__)
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError:
        print("timed out again")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing())
            group.create_task(work("never", 60))
    except* ValueError as errors:
        print(errors.exceptions)

    queue = asyncio.Queue(maxsize=2)

    async def produce():
        for i in range(5):
            await queue.put(i)
        await queue.put(None)

    async def consume():
        items = []
        while (item := await queue.get()) is not None:
            items.append(item)
        return items

    print((await asyncio.gather(produce(), consume()))[1])
    print([i async for i in numbers(4)], [i * 2 async for i in numbers(3) if i])

    lock, order = asyncio.Lock(), []

    async def locked(i):
        async with lock:
            order.append(i)
            await asyncio.sleep(0.001)
            order.append(i)

    await asyncio.gather(*(locked(i) for i in range(3)))
    print(order)

    task = asyncio.create_task(work("canceled", 60))
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    print(task.cancelled(), len(asyncio.all_tasks()))

    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(0.005, future.set_result, "set")
    print(await future)
    begin = loop.time()
    await asyncio.sleep(0.02)
    print(loop.time() - begin >= 0.02, type(loop).__name__)
    try:
        await asyncio.to_thread(print, "in a thread")
    except RuntimeError as error:
        print(error)
    return "returned"


print(asyncio.run(main()))
try:
    asyncio.run(asyncio.Event().wait())
except RuntimeError as error:
    print(error)
begin = time.monotonic()
time.sleep(0.02)
print(time.monotonic() - begin >= 0.02)
with asyncio.Runner() as runner:
    print(runner.run(work("runner", 0)), runner.run(work("again", 0)))
loop = asyncio.new_event_loop()
loop.call_soon(print, "called soon")
loop.call_soon(loop.stop)
loop.run_forever()
loop.close()
