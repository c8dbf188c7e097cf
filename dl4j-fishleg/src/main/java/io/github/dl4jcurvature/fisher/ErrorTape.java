/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Copies of the errors one activation function propagated during a pass, in call order; records nothing while off. */
final class ErrorTape implements Consumer<INDArray> {
    private final List<INDArray> errors = new ArrayList<>();
    private boolean on;

    /** Forgets earlier errors and switches recording on or off. */
    void record(boolean record) {
        errors.clear();
        on = record;
    }

    List<INDArray> errors() {
        return errors;
    }

    /** The error of a function that is called once per pass. */
    INDArray only() {
        if (errors.size() != 1) {
            throw new IllegalStateException("expected one recorded error but there are " + errors.size());
        }
        return errors.get(0);
    }

    @Override
    public void accept(INDArray error) {
        if (on) {
            errors.add(detachedCopy(error));
        }
    }

    /** A copy that outlives the open workspaces. */
    @SuppressWarnings("try") // workspace scope
    static INDArray detachedCopy(INDArray array) {
        try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return array.dup();
        }
    }
}
