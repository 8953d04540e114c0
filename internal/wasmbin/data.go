package wasmbin

// Segment is the contents of an active data segment.
type Segment struct {
	Offset uint32 // address in memory 0
	Data   []byte // aliases the module it was taken from
}

// The forms of a data segment (section 5.5.14).
const (
	dataActive       = 0 // memory 0: offset, bytes
	dataPassive      = 1 // bytes
	dataActiveMemory = 2 // memory index, offset, bytes
)

// SplitData takes the data out of a module: each active segment whose memory is 0
// and whose offset is a single i32.const becomes an empty passive one, which is
// just what such a segment is once the module has been instantiated. Segments
// keep their indices. The result holds the segments that were taken out, in
// their order; the caller writes them to the new instance's memory one after the
// other and checks their bounds.
//
// Passive segments stay as they are, and so do active ones whose offset is
// anything else; such a segment is written at instantiation, thus before, not
// between, those taken out. Segments with no bytes are in the result as well,
// since their bounds count. wasm is not changed. Errors wrap ErrMalformed or
// ErrUnsupported.
func SplitData(wasm []byte) (stripped []byte, segments []Segment, err error) {
	sections, err := Sections(wasm)
	if err != nil {
		return nil, nil, err
	}
	stripped = append(make([]byte, 0, len(wasm)), header...)
	for _, s := range sections {
		switch s.ID {
		case SectionCustom:
			stripped = AppendCustom(stripped, s.Name, s.Body)
		case SectionData:
			var body []byte
			if body, segments, err = splitData(s); err != nil {
				return nil, nil, err
			}
			stripped = AppendSection(stripped, s.ID, body)
		default:
			stripped = AppendSection(stripped, s.ID, s.Body)
		}
	}
	return stripped, segments, nil
}

func splitData(s Section) (body []byte, segments []Segment, err error) {
	r := s.Reader()
	n := r.Count()
	body = AppendU32(nil, uint32(n))
	for range n {
		start := r.Pos()
		seg, movable := dataSegment(r)
		if r.Err() != nil {
			break
		}
		if movable {
			segments = append(segments, seg)
			body = append(body, dataPassive, 0)
		} else {
			body = append(body, r.Slice(start, r.Pos())...)
		}
	}
	return body, segments, r.Done()
}

// dataSegment reads one segment, and reports whether it can be cut out.
func dataSegment(r *Reader) (seg Segment, movable bool) {
	form := r.U32()
	switch form {
	case dataActive, dataPassive:
	case dataActiveMemory:
		movable = r.U32() == 0
	default:
		r.Fail("data segment of form %d", form)
	}
	if form != dataPassive {
		movable = form == dataActive || movable
		instructions := 0
		r.Expression(func(ins Instruction) error {
			if instructions == 0 {
				movable = movable && ins.Opcode == OpI32Const
				seg.Offset = uint32(ins.I32)
			}
			instructions++
			return nil
		})
		movable = movable && instructions == 2 // i32.const, end
	}
	seg.Data = r.Bytes(r.Count())
	return seg, movable
}
