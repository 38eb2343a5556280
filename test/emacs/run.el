;;; run.el --- drives Eglot against the language server  -*- lexical-binding: t -*-
;; The configuration of docs/editors.md, and what it gives: diagnostics, hover, completion, outline. Called with the server's command in
;; CONTAINER_METALINK_COMMAND (JSON list) and the folder in CONTAINER_METALINK_FOLDER; writes what it found as JSON to CONTAINER_METALINK_RESULT.
(require 'eglot)
(require 'json)
(require 'nxml-mode)

(defvar found nil "What is written at the end, as an association list.")
(defun note (name value) (push (cons name value) found))

(define-derived-mode singularity-mode prog-mode "Singularity"
  (setq-local comment-start "# "))
(define-derived-mode metalink-mode nxml-mode "Metalink")
(add-to-list 'auto-mode-alist '("\\.def\\'" . singularity-mode))
(add-to-list 'auto-mode-alist '("\\.\\(meta4\\|metalink\\)\\'" . metalink-mode))
(add-to-list 'eglot-server-programs
             (cons '(singularity-mode metalink-mode)
                   (append (json-parse-string (getenv "CONTAINER_METALINK_COMMAND") :array-type 'list)
                           '(:initializationOptions (:trusted t)))))
(setq eglot-sync-connect 60 eglot-connect-timeout 60 flymake-no-changes-timeout 0.1)

(defun wait-for (what)
  "Waits until the function WHAT gives something, at most a minute."
  (let ((end (+ (float-time) 60)) value)
    (while (and (not (setq value (funcall what))) (< (float-time) end))
      (accept-process-output nil 0.1))
    value))

(defun open-file (name)
  (find-file (expand-file-name name (getenv "CONTAINER_METALINK_FOLDER")))
  (eglot-ensure)
  (unless (wait-for #'eglot-current-server)
    (call-interactively #'eglot))
  (flymake-mode 1)
  (flymake-start))

(defun messages ()
  (wait-for (lambda () (flymake-start) (flymake-diagnostics)))
  (vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))

(defun ask (method &optional parameters)
  (jsonrpc-request (eglot-current-server) method (append (eglot--TextDocumentPositionParams) parameters) :timeout 60))

(condition-case problem
    (progn
      (open-file "mistakes.def")
      (note 'mode (symbol-name major-mode))
      (note 'recipeDiagnostics (messages))
      (note 'symbols (ask :textDocument/documentSymbol))
      (open-file "tool.def")
      (goto-char (point-min))
      (search-forward "demo/base")
      (note 'hover (ask :textDocument/hover))
      (goto-char (point-max))
      (insert "\n%")
      (eglot--signal-textDocument/didChange)
      (note 'completion (ask :textDocument/completion))
      (set-buffer-modified-p nil)
      (open-file "broken.meta4")
      (note 'metalinkDiagnostics (messages)))
  (error (note 'error (error-message-string problem))))

(with-temp-file (getenv "CONTAINER_METALINK_RESULT")
  (insert (json-serialize found :false-object :json-false :null-object nil)))
(kill-emacs 0)
;;; run.el ends here
