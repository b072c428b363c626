import { onSqlite } from '../harness/databases.ts'
import { chatService } from '../scenarios/chat-service.ts'

chatService(onSqlite)
