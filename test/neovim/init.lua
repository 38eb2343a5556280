-- The client side of the test: what docs/editors.md tells users of Neovim, in the form that also Neovim 0.7 (Debian 12) knows.
-- Called with the server's command in CONTAINER_METALINK_COMMAND (JSON list), the folder in CONTAINER_METALINK_FOLDER; writes what it
-- found as JSON to CONTAINER_METALINK_RESULT.
local folder = vim.env.CONTAINER_METALINK_FOLDER
local result = {}

local function attach(buffer)
  local client = vim.lsp.start_client({
    name = 'container-metalink',
    cmd = vim.fn.json_decode(vim.env.CONTAINER_METALINK_COMMAND),
    root_dir = folder,
    init_options = { trusted = true },
    settings = { containerMetalink = { ['codeLens.enabled'] = false } },
  })
  vim.lsp.buf_attach_client(buffer, client)
  vim.wait(20000, function()
    local running = vim.lsp.get_client_by_id(client)
    return running ~= nil and running.initialized
  end, 20)
  return client
end

local function open(name, language)
  vim.cmd('edit ' .. vim.fn.fnameescape(folder .. '/' .. name))
  vim.bo.filetype = language
  return vim.api.nvim_get_current_buf()
end

local function diagnostics(buffer)
  vim.wait(20000, function()
    return #vim.diagnostic.get(buffer) > 0
  end, 20)
  local found = {}
  for _, entry in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(found, { line = entry.lnum, code = entry.code or (entry.user_data and entry.user_data.lsp.code), message = entry.message })
  end
  return found
end

-- The place of a text in a buffer, as LSP counts (all test files are ASCII there).
local function place(buffer, text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local start = string.find(line, text, 1, true)
    if start then
      return { line = number - 1, character = start }
    end
  end
  error('no such text: ' .. text)
end

local function request(buffer, method, position)
  local answers, problem = vim.lsp.buf_request_sync(buffer, method, {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    position = position,
  }, 20000)
  if problem then
    error(method .. ': ' .. problem)
  end
  for _, answer in pairs(answers or {}) do
    if answer.error then
      error(method .. ': ' .. answer.error.message)
    end
    return answer.result
  end
end

local ok, problem = pcall(function()
  local recipe = open('mistakes.def', 'singularity')
  local client = attach(recipe)
  result.recipeDiagnostics = diagnostics(recipe)
  result.symbols = request(recipe, 'textDocument/documentSymbol', nil)

  local tool = open('tool.def', 'singularity')
  vim.lsp.buf_attach_client(tool, client)
  result.hover = request(tool, 'textDocument/hover', place(tool, 'demo/base:1.0'))
  vim.api.nvim_buf_set_lines(tool, -1, -1, false, { '%' })
  local last = vim.api.nvim_buf_line_count(tool) - 1
  vim.wait(500)
  result.completion = request(tool, 'textDocument/completion', { line = last, character = 1 })

  local metalink = open('broken.meta4', 'metalink')
  vim.lsp.buf_attach_client(metalink, client)
  result.metalinkDiagnostics = diagnostics(metalink)
end)
if not ok then
  result.error = tostring(problem)
end
local file = io.open(vim.env.CONTAINER_METALINK_RESULT, 'w')
file:write(vim.fn.json_encode(result))
file:close()
vim.cmd('qall!')
