# 合度 hedu. `make` alone lists what there is to do. Everything prepares what it needs, once.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
HEDU_HOME ?= var/demo
PORT ?= 8000

.PHONY: help prepare run test test-slow test-laws check fix docs bench bench-conflicts bench-scanning bench-peers bench-soak lock clean

help: ## 列出全部命令 · list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

prepare: ## 只做准备 · only prepare (environment, packages, front end)
	@.ci/prepare python front wordings

run: prepare ## 打开演示公司 · serve the demo company
	@HEDU_HOME=$(HEDU_HOME) $(BIN)/hedu serve --demo --port $(PORT)

test: ## 全部日常测试 · all but the slow tests
	@.ci/prepare python front wordings browser databases
	@$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile -q $(ARGS)

test-slow: ## 慢测试 · the slow tests
	@.ci/prepare python front wordings browser databases java
	@$(BIN)/python -m pytest -m slow -q $(ARGS)

test-laws: ## 定律测试，HEDU_LAW_EXAMPLES 定次数 · the laws, HEDU_LAW_EXAMPLES times
	@.ci/prepare python
	@$(BIN)/python -m pytest tests/laws -n $(WORKERS) -q $(ARGS)

check: ## 风格、类型、导入方向、拼写 · style, types, import direction, spelling
	@.ci/prepare python front
	@.ci/check

fix: ## 自动整理格式 · mend what can be mended by machine
	@.ci/prepare python
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

docs: ## 由代码生成参考文档 · regenerate docs/reference from the code
	@.ci/prepare python
	@$(BIN)/python -m hedu.doors.docs

bench: ## 性能基准 · benchmarks; prints a table
	@.ci/prepare python
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench.soak

bench-soak: ## 五万个随机问题，QUESTIONS 定个数 · fifty thousand random questions
	@.ci/prepare python
	@$(BIN)/python -m bench.soak $(if $(QUESTIONS),--questions $(QUESTIONS))

bench-conflicts: ## 演示公司里的冲突找得全不全、准不准，SEEDS 定种子 · conflicts found in the demo company
	@.ci/prepare python
	@$(BIN)/python -m bench.conflicts $(SEEDS) $(ARGS)

bench-scanning: ## 扫描三千、六千、一万二千个口径要多久，COUNTS 定个数 · seconds to scan thousands of definitions
	@.ci/prepare python
	@$(BIN)/python -m bench.scanning $(COUNTS)

bench-peers: ## 同样的问题问其他语义层，SCALE 定规模 · the same questions to other semantic layers
	@.ci/prepare python
	@$(BIN)/python -m bench.peers $(if $(SCALE),--scale $(SCALE)) $(ARGS)

lock: ## 重新锁定依赖 · lock the dependencies again
	@.ci/lock

clean: ## 删除生成物（保留 .venv） · delete what was generated (keeps .venv)
	@rm -rf var hedu/center/static/built .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
